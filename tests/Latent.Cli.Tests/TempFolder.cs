namespace Latent.Cli.Tests;

/// <summary>A folder of its own for each test, removed afterwards.</summary>
public abstract class TempFolder : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("latent-cli-");

    /// <summary>A path in the folder.</summary>
    protected string At(string name) => Path.Join(_folder.FullName, name);

    /// <summary>Writes a file in the folder.</summary>
    protected string Write(string name, string content)
    {
        File.WriteAllText(At(name), content);
        return At(name);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _folder.Delete(recursive: true);
        GC.SuppressFinalize(this);
    }
}

namespace Latent.IO.Tests;

public sealed class AtomicFileTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_file_is_created_and_replaced()
    {
        string path = _folder["model.json"];
        AtomicFile.Write(path, stream => stream.Write("one"u8));
        AtomicFile.Write(path, stream => stream.Write("2"u8));
        Assert.Equal("2", File.ReadAllText(path));
        Assert.Equal([path], Directory.GetFiles(_folder.Path));
    }

    [Fact]
    public void A_failure_half_way_leaves_the_old_file_whole()
    {
        string path = _folder.Write("model.json", "old");
        UnwritableException error = Assert.Throws<UnwritableException>(() => AtomicFile.Write(path, stream =>
        {
            stream.Write("new, half"u8);
            stream.Flush();
            throw new IOException("No space left on device");
        }));
        Assert.Equal("old", File.ReadAllText(path));
        Assert.Equal($"{path}: expected a file that can be written, found an error (No space left on device); the file that was there is unchanged.", error.Message);
        Assert.Equal([path], Directory.GetFiles(_folder.Path));
        Assert.Throws<FormatException>(() => AtomicFile.Write(path, _ => throw new FormatException("not ours")));
        Assert.Equal("old", File.ReadAllText(path));
    }

    [Fact]
    public void What_a_killed_process_left_is_overwritten()
    {
        string path = _folder.Write("model.json", "old");
        _folder.Write("model.json.latent-tmp", "a long unfinished text");
        AtomicFile.Write(path, stream => stream.Write("new"u8));
        Assert.Equal("new", File.ReadAllText(path));
        Assert.Equal([path], Directory.GetFiles(_folder.Path));
    }

    [Fact]
    public void The_reader_of_the_old_file_keeps_it()
    {
        string path = _folder.Write("model.json", "old");
        using var reader = new StreamReader(File.Open(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete));
        AtomicFile.Write(path, stream => stream.Write("new"u8));
        Assert.Equal(("old", "new"), (reader.ReadToEnd(), File.ReadAllText(path)));
    }

    [Fact]
    public void Links_modes_and_devices_are_respected()
    {
        if (OperatingSystem.IsWindows())
        {
            return;
        }
        string path = _folder.Write("model.json", "old");
        const UnixFileMode Mode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        File.SetUnixFileMode(path, Mode);
        File.CreateSymbolicLink(_folder["link.json"], path);
        AtomicFile.Write(_folder["link.json"], stream => stream.Write("new"u8));
        Assert.Equal(("new", Mode), (File.ReadAllText(path), File.GetUnixFileMode(path)));
        Assert.NotNull(File.ResolveLinkTarget(_folder["link.json"], returnFinalTarget: false));
        AtomicFile.Write("/dev/null", stream => stream.Write("gone"u8));
        if (File.Exists("/dev/full"))
        {
            UnwritableException error = Assert.Throws<UnwritableException>(() => AtomicFile.Write("/dev/full", stream => stream.Write(new byte[100_000])));
            Assert.StartsWith("/dev/full: expected a file that can be written", error.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void A_folder_that_is_not_there_is_one_line()
    {
        string path = _folder["none/model.json"];
        UnwritableException error = Assert.Throws<UnwritableException>(() => AtomicFile.Write(path, _ => { }));
        Assert.StartsWith($"{path}: expected a file that can be written, found an error (", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', error.Message);
    }
}

using System.Text.RegularExpressions;

namespace Latent.Cli.Tests;

/// <summary>What the documents show is what the command does.</summary>
public sealed partial class DocumentTests : TempFolder
{
    private const string Checkout = "dotnet run -c Release --project src/Latent.Cli -- ";

    [Theory]
    [InlineData("docs/guide/command.md")]
    [InlineData("docs/guide/getting-started.md")]
    [InlineData("docs/guide/selection.md")]
    [InlineData("docs/guide/long-fits.md")]
    [InlineData("README.md")]
    public void Commands_in_documents_run(string document)
    {
        string text = File.ReadAllText(Path.Join(Data.Repository, document));
        string output = "";
        int commands = 0;
        foreach (Match block in Blocks().Matches(text))
        {
            if (block.Groups["kind"].Value == "text")
            {
                Assert.Empty(Shown(block.Groups["body"].Value).Except(Shown(output)));
                continue;
            }
            foreach (string line in block.Groups["body"].Value.Split('\n'))
            {
                string command = line.StartsWith(Checkout, StringComparison.Ordinal) ? "latent " + line[Checkout.Length..] : line;
                if (command.StartsWith("latent ", StringComparison.Ordinal))
                {
                    output = Cli.Run([.. command.Split(' ')[1..].Select(Place)]).Ok().Out.Replace(Data.Repository + "/", "");
                    commands++;
                }
            }
        }
        Assert.True(commands > 0, $"{document} shows no command");
    }

    // Samples are in the repository; what is written goes to the test's own folder.
    private string Place(string word) =>
        word.StartsWith("samples/", StringComparison.Ordinal) ? Path.Join(Data.Repository, word)
        : word.EndsWith(".json", StringComparison.Ordinal) || word.EndsWith(".csv", StringComparison.Ordinal) || word.EndsWith(".checkpoint", StringComparison.Ordinal) ? At(word)
        : word;

    private static string[] Shown(string text) => [.. text.Split('\n').Select(line => line.TrimEnd()).Where(line => line.Length > 0)];

    [GeneratedRegex("```(?<kind>sh|text)\n(?<body>.*?)```", RegexOptions.Singleline)]
    private static partial Regex Blocks();
}

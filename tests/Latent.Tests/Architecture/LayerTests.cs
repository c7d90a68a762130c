using System.Reflection;
using Latent.Data;

namespace Latent.Tests.Architecture;

/// <summary>Folders depend downward only, as the compiled code has it.</summary>
public sealed class LayerTests
{
    private static readonly Assembly _latent = typeof(Em).Assembly;

    // What each lower folder may know besides itself. Folders of models, above them all, are not listed: nothing below may know them.
    private static readonly Dictionary<string, string[]> _below = new()
    {
        ["Kernels"] = ["Numerics"],
        ["Numerics"] = ["Kernels"],
        ["Data"] = ["", "Kernels", "Numerics"],
        ["Families"] = ["", "Data", "Kernels", "Numerics"],
        ["Engine"] = ["", "Data", "Kernels", "Numerics"],
        [""] = ["Engine", "Data", "Kernels", "Numerics"],
    };

    public static TheoryData<string> Folders => [.. _below.Keys];

    [Theory]
    [MemberData(nameof(Folders))]
    public void LowerFoldersKnowNothingAbove(string folder)
    {
        string[] allowed = [.. _below[folder], folder];
        (Type From, Type To)[] inside = [.. Dependencies.Of(_latent).Where(pair => FolderOf(pair.From) == folder && pair.To.Assembly == _latent && FolderOf(pair.To) is not null)];
        Assert.NotEmpty(inside);
        string[] upward = [.. inside.Where(pair => !allowed.Contains(FolderOf(pair.To)) && !IsLayout(folder, pair.To)).Select(Describe).Distinct()];
        Assert.True(upward.Length == 0, $"Expected Latent.{folder} to know only {string.Join(", ", allowed.Select(name => "Latent." + name))}, found:{Environment.NewLine}{string.Join(Environment.NewLine, upward)}");
    }

    /// <summary>Kernels, numerics and families compute: they start no threads and open no files.</summary>
    [Theory]
    [InlineData("Kernels")]
    [InlineData("Numerics")]
    [InlineData("Families")]
    public void ComputingFoldersKnowNoThreadsAndNoFiles(string folder)
    {
        string[] found =
        [
            .. Dependencies.Of(_latent)
                .Where(pair => FolderOf(pair.From) == folder && pair.To.Namespace is { } space && (space.StartsWith("System.Threading", StringComparison.Ordinal) || space.StartsWith("System.IO", StringComparison.Ordinal)))
                .Select(Describe).Distinct(),
        ];
        Assert.True(found.Length == 0, string.Join(Environment.NewLine, found));
    }

    /// <summary>The runtime's exponentials and logarithms differ by platform in the last bits: per-row code has its own.</summary>
    [Theory]
    [InlineData("Kernels")]
    [InlineData("Families")]
    public void ComputingFoldersCallNoFunctionOfThePlatform(string folder)
    {
        string[] platform = ["Exp", "Log", "Pow", "Log2", "Log10", "LogP1", "ExpM1", "Sin", "Cos", "Tan", "Tanh", "Cbrt"];
        string[] found =
        [
            .. Dependencies.Calls(_latent)
                .Where(call => FolderOf(call.From) == folder && platform.Contains(call.Called.Name) && call.Called.DeclaringType?.Assembly != _latent)
                .Select(call => $"{call.From.Name} calls {call.Called.DeclaringType?.Name}.{call.Called.Name}").Distinct(),
        ];
        Assert.True(found.Length == 0, string.Join(Environment.NewLine, found));
    }

    /// <summary>The tensor library's sums and functions depend on the width of registers; what it does element by element and exactly, tests among it, does not.</summary>
    [Fact]
    public void OnlyExactElementwiseTensorOperationsAreUsed()
    {
        string[] exact = ["Add", "Subtract", "Multiply", "Divide", "Negate", "ConvertTruncating", "ConvertChecked", "Max", "Min", "IndexOfMax", "IndexOfMin"];
        (Type From, MethodBase Called)[] calls = [.. Dependencies.Calls(_latent).Where(call => call.Called.DeclaringType == typeof(System.Numerics.Tensors.TensorPrimitives))];
        Assert.NotEmpty(calls);
        string[] found = [.. calls.Where(call => !exact.Contains(call.Called.Name) && !call.Called.Name.StartsWith("Is", StringComparison.Ordinal)).Select(call => $"{call.From.FullName} calls {call.Called.Name}").Distinct()];
        Assert.True(found.Length == 0, string.Join(Environment.NewLine, found));
    }

    /// <summary>The reading of compiled code sees what it must see: bases, signatures, locals, instructions, generic arguments.</summary>
    [Fact]
    public void MentionsAreSeenWhereverTheyStand()
    {
        HashSet<(Type, Type)> found = [.. Dependencies.Of(typeof(LayerTests).Assembly)];
        Assert.Contains((typeof(Mentions), typeof(Attribute)), found);
        Assert.Contains((typeof(Mentions), typeof(RowTile)), found);
        Assert.Contains((typeof(Mentions), typeof(Version)), found);
        Assert.Contains((typeof(Mentions), typeof(Barrier)), found);
        Assert.Contains((typeof(Mentions), typeof(Stack<>)), found);
        Assert.Contains((typeof(Mentions), typeof(File)), found);
        Assert.DoesNotContain((typeof(Mentions), typeof(Directory)), found);
        Assert.Contains(Dependencies.Calls(typeof(LayerTests).Assembly), call => call.From == typeof(Mentions) && call.Called.Name == nameof(File.Exists));
    }

    /// <summary>The tile of rows is a layout of memory, known to the kernels that read it.</summary>
    private static bool IsLayout(string folder, Type type) => folder == "Kernels" && type == typeof(RowTile);

    private static string? FolderOf(Type type) => type.Namespace switch
    {
        "Latent" => "",
        { } space when space.StartsWith("Latent.", StringComparison.Ordinal) => space.Split('.')[1],
        _ => null,
    };

    private static string Describe((Type From, Type To) pair) => $"{pair.From.FullName} mentions {pair.To.FullName}";

    [AttributeUsage(AttributeTargets.All)]
    private sealed class Mentions : Attribute
    {
        public static List<RowTile>? Field { get; set; }

        public static bool Method(Version version)
        {
            Barrier? local = null;
            return File.Exists(version.ToString() + local) && typeof(Stack<int>).IsClass;
        }
    }
}

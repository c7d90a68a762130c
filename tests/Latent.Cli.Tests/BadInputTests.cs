namespace Latent.Cli.Tests;

/// <summary>Bad data and wrong usage: the right exit code, and one line that names what is wrong.</summary>
public sealed class BadInputTests : TempFolder
{
    [Theory]
    [InlineData("", "empty")]
    [InlineData("a,b\n", "header")]
    [InlineData("a,b\n1,2\n3\n", "line 3")]
    [InlineData("a,b\n1,2\n3,inf\n4,5\n", "line 3", "'b'")]
    [InlineData("a,b\n1,2\n3,-inf\n4,5\n", "line 3", "'b'")]
    [InlineData("a,b\n1,2\n3,red\n4,5\n", "line 3", "'b'", "'red'", "--missing", "--drop")]
    [InlineData("a,b\n1,\n3,NaN\n4,\n", "'b'", "missing")]
    [InlineData("1,2\n3,4\n5,6\n", "only numbers", "--no-header")]
    [InlineData("a,a\n1,2\n3,4\n5,7\n", "twice")]
    [InlineData("a,b\n1,\"2\n3,4\n", "quote")]
    public void Bad_tables_are_named(string content, params string[] named)
    {
        string line = Cli.Run("fit", "gmm", Write("bad.csv", content), "-k", "1").Refused(ExitCode.Data);
        Assert.Contains("bad.csv", line);
        Assert.All(named, word => Assert.Contains(word, line));
    }

    [Fact]
    public void Missing_cells_are_named_where_a_model_does_not_take_them()
    {
        string line = Cli.Run("fit", "kmeans", Write("bad.csv", "a,b\n1,2\n3,\n4,6\n"), "-k", "1").Refused(ExitCode.Data);
        Assert.All(["bad.csv", "line 3", "'b'", "1 missing value", "--drop"], word => Assert.Contains(word, line));
    }

    [Fact]
    public void Missing_file_and_directory_are_named()
    {
        Assert.Contains("none of that name", Cli.Run("fit", "gmm", At("no.csv"), "-k", "1").Refused(ExitCode.Data));
        Assert.Contains("a directory", Cli.Run("fit", "gmm", Path.GetTempPath(), "-k", "1").Refused(ExitCode.Data));
        Assert.Contains("none", Cli.Run("fit", "gmm", At("no*.csv"), "-k", "1").Refused(ExitCode.Data));
    }

    [Fact]
    public void Damaged_npy_is_named()
    {
        File.WriteAllBytes(At("bad.npy"), [0x93, .. "NUMPY"u8, 1, 0, 70, 0, .. "{'descr': '<f8', 'fortran_order': False, 'shape': (4, 2), }"u8]);
        Assert.Contains("bad.npy", Cli.Run("fit", "gmm", At("bad.npy"), "-k", "1").Refused(ExitCode.Data));
        byte[] header = [.. "{'descr': '<c16', 'fortran_order': False, 'shape': (1, 1), }"u8];
        File.WriteAllBytes(At("complex.npy"), [0x93, .. "NUMPY"u8, 1, 0, (byte)header.Length, 0, .. header, .. new byte[16]]);
        Assert.Contains("c16", Cli.Run("fit", "gmm", At("complex.npy"), "-k", "1").Refused(ExitCode.Data));
    }

    [Fact]
    public void More_components_than_distinct_rows_are_refused()
    {
        string data = Write("few.csv", "a,b\n1,2\n1,2\n3,4\n3,4\n1,2\n");
        foreach (string model in (string[])["gmm", "kmeans"])
        {
            CliResult result = Cli.Run("fit", model, data, "-k", "3");
            Assert.Contains(result.Code, (int[])[ExitCode.Data, ExitCode.Usage]);
            Assert.Contains("distinct", result.Refused(result.Code));
        }
    }

    [Theory]
    [InlineData("fit", "gmm", "DATA", "-k", "0")]
    [InlineData("fit", "gmm", "DATA", "-k", "two")]
    [InlineData("fit", "gmm", "DATA", "-k", "-1")]
    [InlineData("fit", "gmm", "DATA")]
    [InlineData("fit", "gmm", "-k", "2")]
    [InlineData("fit", "gmm", "DATA", "-k", "2", "--seed", "-1")]
    [InlineData("fit", "gmm", "DATA", "-k", "2", "--tolerance", "-1")]
    [InlineData("fit", "gmm", "DATA", "-k", "2", "--time-limit", "soon")]
    [InlineData("fit", "gmm", "DATA", "-k", "2", "--covariance", "round")]
    [InlineData("fit", "gmm", "DATA", "-k", "2", "--starts", "0")]
    [InlineData("fit", "gmm", "DATA", "-k", "2", "--threads", "0")]
    [InlineData("fit", "gmm", "DATA", "-k", "2", "--frobnicate")]
    [InlineData("fit", "gmm", "DATA", "-k", "2", "--frobnicate", "3")]
    [InlineData("fit", "gmm", "DATA", "-k", "2", "--delimiter", "::")]
    [InlineData("fit", "gmm", "DATA", "-k", "2", "--accelerate", "fast")]
    [InlineData("fit", "kmeans", "DATA", "-k", "2", "--accelerate", "squarem")]
    [InlineData("fit", "gmm", "DATA", "-k")]
    [InlineData("fit")]
    [InlineData("fit", "gmmm", "DATA", "-k", "2")]
    [InlineData("frobnicate")]
    [InlineData("sample", "m.json")]
    [InlineData("predict")]
    public void Wrong_usage_is_one_line(params string[] arguments)
    {
        string data = Write("data.csv", Data.Groups(20, 2));
        string line = Cli.Run([.. arguments.Select(argument => argument == "DATA" ? data : argument)]).Refused(ExitCode.Usage);
        Assert.Matches("xpected|Required", line);
    }

    [Theory]
    [InlineData("linkage", "fit", "linkage", "DATA")]
    [InlineData("dawid-skene", "fit", "dawid-skene", "DATA")]
    [InlineData("report", "report", "m.json")]
    public void What_is_not_built_is_refused_by_name(string name, params string[] arguments)
    {
        string data = Write("data.csv", Data.Groups(20, 2));
        string line = Cli.Run([.. arguments.Select(argument => argument == "DATA" ? data : argument)]).Refused(ExitCode.Usage);
        Assert.Contains(name, line);
        Assert.Contains("not available yet", line);
        Assert.DoesNotContain(name, Cli.Run("--help").Ok().Out);
        Assert.DoesNotContain($"{name} ", Cli.Run("fit", "gmm", "--help").Ok().Out);
    }

    [Fact]
    public void Columns_that_are_not_there_are_named()
    {
        string data = Write("data.csv", Data.Groups(20, 2));
        foreach (string option in (string[])["--columns", "--drop", "--weights", "--id", "--start-labels"])
        {
            string line = Cli.Run("fit", "gmm", data, "-k", "2", option, "zzz").Refused(ExitCode.Data);
            Assert.Contains("'zzz'", line);
        }
    }

    [Fact]
    public void Verbose_adds_the_stack_trace_after_the_line()
    {
        CliResult result = Cli.Run("fit", "gmm", At("no.csv"), "-k", "1", "--verbose");
        Assert.Equal(ExitCode.Data, result.Code);
        Assert.StartsWith("latent: ", result.Error);
        Assert.Contains("   at Latent.", result.Error);
    }
}

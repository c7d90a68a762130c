using System.Diagnostics;
using System.Text.Json;

namespace Latent.Cases;

/// <summary>A few cases through the command itself, as its users meet it: another process, JSON out.</summary>
public class CommandTests
{
    [CaseTheory]
    [InlineData("gmm_faithful_14models", "spherical", "VII")]
    [InlineData("gmm_faithful_14models", "diag", "VVI")]
    [InlineData("gmm_iris_14models", "tied", "EEE")]
    [InlineData("gmm_iris_14models", "full", "VVV")]
    public void FitsFromThePartitionInAColumn(string id, string covariance, string structure)
    {
        ReferenceCase found = ReferenceCases.Get(id);
        JsonElement expected = found.Expected.GetProperty("from_label_start").GetProperty(structure);
        JsonElement result = Run("fit", "gmm", found.Path, "-k", $"{found.Task.GetProperty("k").GetInt32()}", "--covariance", covariance, "--start-labels", "start_label", "--json");
        Close.Within(1e-4, expected.Number("loglik"), result.Number("logLikelihood"));
        Assert.Equal(expected.GetProperty("df").GetInt32(), result.GetProperty("freeParameters").GetInt32());
        Close.Within(3e-4, -expected.Number("BIC_mclust_sign(2loglik-df*log n)"), result.Number("bic"));
        Assert.True(result.GetProperty("converged").GetBoolean());
        Assert.Equal(1, result.GetProperty("starts").GetArrayLength());
    }

    [CaseFact]
    public void ClustersByDefaultOptions()
    {
        ReferenceCase found = ReferenceCases.Get("km_xclara_k3");
        double expected = found.Expected.GetProperty("optimal").GetProperty("3").Number("sse");
        JsonElement result = Run("fit", "kmeans", found.Path, "-k", "3", "--json");
        Close.Within(1e-6 * expected, expected, result.Number("inertia"));
        Assert.Equal(3, result.GetProperty("parameters").GetProperty("centers").GetArrayLength());
    }

    private static JsonElement Run(params string[] arguments)
    {
        ProcessStartInfo start = new("dotnet", [Path.Combine(AppContext.BaseDirectory, "Latent.Cli.dll"), .. arguments]) { RedirectStandardOutput = true, RedirectStandardError = true };
        using Process process = Process.Start(start)!;
        Task<string> errors = process.StandardError.ReadToEndAsync();
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        Assert.True(process.ExitCode == 0, $"Exit code {process.ExitCode}: {errors.Result}");
        return JsonDocument.Parse(output).RootElement;
    }
}

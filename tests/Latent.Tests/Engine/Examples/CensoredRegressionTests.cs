using Latent.Data;
using Latent.Testing;

namespace Latent.Tests.Engine.Examples;

/// <summary>Censored regressions against the figures in print and R's survreg.</summary>
public sealed class CensoredRegressionTests
{
    private static readonly EmOptions _toTheEnd = new() { Stopping = StoppingRule.RemainingGain(1e-11), MaxIterations = 50_000 };

    // [Schmee1979, table 1]: temperature, hours, failed.
    private static readonly (double Temperature, double Hours, bool Failed)[] _motorettes =
    [
        .. Enumerable.Repeat((150.0, 8064.0, false), 10),
        (170, 1764, true), (170, 2772, true), (170, 3444, true), (170, 3542, true), (170, 3780, true), (170, 4860, true), (170, 5196, true),
        (170, 5448, false), (170, 5448, false), (170, 5448, false),
        (190, 408, true), (190, 408, true), (190, 1344, true), (190, 1344, true), (190, 1440, true),
        (190, 1680, false), (190, 1680, false), (190, 1680, false), (190, 1680, false), (190, 1680, false),
        (220, 408, true), (220, 408, true), (220, 504, true), (220, 504, true), (220, 504, true),
        (220, 528, false), (220, 528, false), (220, 528, false), (220, 528, false), (220, 528, false),
    ];

    // [Tobin1958], as in R's survival::tobin: durable, age, quant.
    private static readonly double[][] _households =
    [
        [0, 57.7, 236], [0.7, 50.9, 283], [0, 48.5, 207], [0, 41.7, 220], [0, 47.7, 238], [0, 59.8, 216], [0, 44.3, 284],
        [3.7, 45.1, 221], [0, 51.7, 275], [3, 50, 269], [10.4, 46.8, 207], [0, 58, 249], [0, 58.9, 246], [0, 40, 277],
        [1.5, 34.1, 231], [0, 39.9, 219], [0, 33.4, 240], [3.5, 48.1, 266], [6.1, 46.6, 214], [0, 53.1, 251],
    ];

    /// <summary>[Schmee1979]: −6.019, 4.311, 0.2592; further digits by R survival 3.5.3, survreg(Surv(log10(time), status) ~ I(1000/(temp+273.2)), imotor, dist = "gaussian").</summary>
    [Fact]
    public void MotorettesFollowSchmeeAndHahn()
    {
        double[] rows = [.. _motorettes.SelectMany(test => (double[])[Math.Log10(test.Hours), test.Failed ? 0 : 1, 1, 1000 / (test.Temperature + 273.2)])];

        EmResult<RegressionLine> result = Em.Fit(new CensoredRegression(2), new ChunkList<RowChunk>([new RowChunk(rows, 4)]), new RegressionLine([0, 0], 1), _toTheEnd);

        Close.Equal(-12.9654551479425, result.LogLikelihood, 1e-8);
        Close.Equal([-6.01924964270851, 4.3112471430467, 0.259182708751066], [.. result.Parameters.Coefficients, result.Parameters.Sigma], 1e-5);
        Close.Equal([-6.019, 4.311, 0.2592], [.. result.Parameters.Coefficients, result.Parameters.Sigma], 6e-4);
        Assert.True(result.Converged);
    }

    /// <summary>[Tobin1958]; digits by R survival 3.5.3, survreg(Surv(durable, durable > 0, type = "left") ~ age + quant, tobin, dist = "gaussian").</summary>
    [Fact]
    public void DurableGoodsFollowTobin()
    {
        double[] rows = [.. _households.SelectMany(row => (double[])[row[0], row[0] > 0 ? 0 : -1, 1, row[1], row[2]])];

        EmResult<RegressionLine> result = Em.Fit(new CensoredRegression(3), new ChunkList<RowChunk>([new RowChunk(rows, 5)]), new RegressionLine([0, 0, 0], 5), _toTheEnd);

        Close.Equal(-28.9401331997206, result.LogLikelihood, 1e-8);
        Close.Equal([15.1448663322209, -0.129059283864553, -0.0455416628896779, 5.57253976599521], [.. result.Parameters.Coefficients, result.Parameters.Sigma], 1e-4);
        Assert.True(result.Converged);
    }
}

using Latent.Data;
using Latent.Families;
using Latent.Numerics;
using Latent.Testing;

namespace Latent.Tests.Families;

public sealed class CensoredExponentialLaws : ParametricLaws<CensoredExponential>
{
    protected override ParametricFamily<CensoredExponential> Subject { get; } = new CensoredExponentialFamily();

    protected override CensoredExponential Component(Random random) => new(0.5 + 2 * random.NextDouble());

    // Looked at for up to two units of time, another while for every row.
    protected override void DrawRow(Random random, CensoredExponential component, Span<double> row)
    {
        base.DrawRow(random, component, row);
        double limit = 2 * random.NextDouble();
        (row[0], row[1]) = row[0] > limit ? (limit, 1) : (row[0], 0);
    }

    protected override (double Mass, double Error) TotalMass(CensoredExponential component, Random random) => CensoredMass.Of(x => Density(component, x), 0, 1, 60);

    protected override double ReferenceLogDensity(CensoredExponential component, double[] row) =>
        (row[1] == 0 ? Math.Log(component.Rate) : 0) - component.Rate * row[0];

    protected override IReadOnlyList<double[]> Outside => [[-1, 0], [1, 2]];
}

public sealed class CensoredWeibullLaws : ParametricLaws<Weibull>
{
    protected override ParametricFamily<Weibull> Subject { get; } = new WeibullFamily(censored: true);

    protected override double SumTolerance => 1e-9;

    protected override Weibull Component(Random random) => new(1.5 + random.NextDouble(), 0.8 + 0.4 * random.NextDouble());

    protected override void DrawRow(Random random, Weibull component, Span<double> row)
    {
        base.DrawRow(random, component, row);
        double limit = 0.1 + 2 * random.NextDouble();
        (row[0], row[1]) = row[0] > limit ? (limit, 1) : (row[0], 0);
    }

    protected override Weibull Neighbour(Random random, Weibull component, double scale) => base.Neighbour(random, component, 0.05 * scale);

    protected override Weibull Far(Random random, Weibull component) => base.Neighbour(random, component, 1);

    protected override (double Mass, double Error) TotalMass(Weibull component, Random random) => CensoredMass.Of(x => Density(component, x), 0, 1, 20);

    protected override double ReferenceLogDensity(Weibull component, double[] row) => row[1] == 0
        ? MathNet.Numerics.Distributions.Weibull.PDFLn(component.Shape, component.Scale, row[0])
        : -Math.Pow(row[0] / component.Scale, component.Shape);

    protected override IReadOnlyList<double[]> Outside => [[-1, 0]];
}

/// <summary>The estimate completes what is censored, so that it maximises no likelihood of a single step: the laws about neighbours do not apply.</summary>
public sealed class CensoredNormalLaws : FamilyLaws<Normal>
{
    private static readonly CensoredNormalFamily _family = new(1e-8);

    protected override IFamily<Normal, RowTile> Family => _family;

    protected override int Columns => 2;

    protected override Normal Component(Random random) => new(Simulate.Normal(random), 0.5 + random.NextDouble());

    protected override void DrawRow(Random random, Normal component, Span<double> row)
    {
        double x = component.Mean + component.Deviation * Simulate.Normal(random);
        (row[0], row[1]) = x > 1 ? (1, 1) : x < -1 ? (-1, -1) : (x, 0);
    }

    protected override double[] Flatten(Normal component) => component.Parameters.ToArray();

    protected override double ReferenceLogDensity(Normal component, double[] row) => row[1] switch
    {
        0 => MathNet.Numerics.Distributions.Normal.PDFLn(component.Mean, component.Deviation, row[0]),
        1 => Math.Log(MathNet.Numerics.Distributions.Normal.CDF(-component.Mean, component.Deviation, -row[0])),
        _ => Math.Log(MathNet.Numerics.Distributions.Normal.CDF(component.Mean, component.Deviation, row[0])),
    };

    protected override (double Mass, double Error) TotalMass(Normal component, Random random)
    {
        double Density(double x, double side)
        {
            RowTile tile = new(2);
            tile.Load(new RowChunk((double[])[x, side], 2), 0, 1);
            double[] logDensity = new double[8];
            _family.LogDensity(component, tile, [], logDensity);
            return Math.Exp(logDensity[0]);
        }

        // Seen between the limits, or beyond one of them.
        double inside = MathNet.Numerics.Integration.GaussLegendreRule.Integrate(x => Density(x, 0), -1, 1, 64);
        return (inside + Density(-1, -1) + Density(1, 1), 1e-9);
    }

    /// <summary>The tail far out: moments and probability agree with asymptotic values where the function itself underflows.</summary>
    [Fact]
    public void FarTails()
    {
        Close.Equal(-804.608442013754, NormalTail.LogProbability(40), 1e-9); // R: pnorm(40, lower=FALSE, log=TRUE)
        Close.Equal(40.0249688472063, NormalTail.Mean(40), 1e-10); // R: exp(dnorm(40, log=TRUE) - pnorm(40, lower=FALSE, log=TRUE))
        Close.Equal(NormalTail.LogProbability(5 - 1e-12), NormalTail.LogProbability(5 + 1e-12), 1e-9);
    }
}

internal static class CensoredMass
{
    /// <summary>Ended before a limit, or seen at it and not ended.</summary>
    public static (double Mass, double Error) Of(Func<double[], double> logDensity, double from, double limit, double far)
    {
        double ended = MathNet.Numerics.Integration.DoubleExponentialTransformation.Integrate(x => x > from ? Math.Exp(logDensity([x, 0])) : 0, from, limit, 1e-10);
        double all = ended + MathNet.Numerics.Integration.DoubleExponentialTransformation.Integrate(x => Math.Exp(logDensity([x, 0])), limit, far, 1e-10);
        return (Math.Max(Math.Abs(ended + Math.Exp(logDensity([limit, 1])) - 1), Math.Abs(all - 1)) + 1, 1e-7);
    }
}

using Latent.Families;
using Latent.Testing;

namespace Latent.Tests.Families;

/// <summary>Densities over one column: integrated by the double exponential rule between given ends.</summary>
public abstract class ContinuousLaws<TComponent> : ParametricLaws<TComponent>
    where TComponent : Distribution
{
    /// <summary>An interval with all but 10⁻⁸ of the mass of any component of the tests.</summary>
    protected abstract (double From, double To) Interval { get; }

    protected override (double Mass, double Error) TotalMass(TComponent component, Random random)
    {
        (double from, double to) = Interval;
        double mass = MathNet.Numerics.Integration.DoubleExponentialTransformation.Integrate(
            x => x > from && x < to ? Math.Exp(Density(component, [x])) : 0, from, to, 1e-9);
        return (mass, 1e-7);
    }
}

public sealed class ExponentialLaws : ContinuousLaws<Exponential>
{
    protected override ParametricFamily<Exponential> Subject { get; } = new ExponentialFamily();

    protected override Exponential Component(Random random) => new(0.5 + 3 * random.NextDouble());

    protected override (double From, double To) Interval => (0, 60);

    protected override double ReferenceLogDensity(Exponential component, double[] row) => MathNet.Numerics.Distributions.Exponential.PDFLn(component.Rate, row[0]);

    protected override IReadOnlyList<double[]> Outside => [[-1]];
}

public sealed class GammaLaws : ContinuousLaws<Gamma>
{
    protected override ParametricFamily<Gamma> Subject { get; } = new GammaFamily();

    protected override Gamma Component(Random random) => new(0.5 + 3 * random.NextDouble(), 0.5 + random.NextDouble());

    protected override (double From, double To) Interval => (0, 80);

    protected override double ReferenceLogDensity(Gamma component, double[] row) => MathNet.Numerics.Distributions.Gamma.PDFLn(component.Shape, component.Rate, row[0]);

    protected override IReadOnlyList<double[]> Outside => [[0], [-1]];
}

public sealed class BetaLaws : ContinuousLaws<Beta>
{
    protected override ParametricFamily<Beta> Subject { get; } = new BetaFamily();

    protected override Beta Component(Random random) => new(0.7 + 3 * random.NextDouble(), 0.7 + 3 * random.NextDouble());

    protected override (double From, double To) Interval => (0, 1);

    protected override double ReferenceLogDensity(Beta component, double[] row) => MathNet.Numerics.Distributions.Beta.PDFLn(component.Alpha, component.BetaParameter, row[0]);

    protected override IReadOnlyList<double[]> Outside => [[0], [1], [-1]];
}

public sealed class VonMisesLaws : ContinuousLaws<VonMises>
{
    protected override ParametricFamily<VonMises> Subject { get; } = new VonMisesFamily();

    protected override VonMises Component(Random random) => new(2 * random.NextDouble(), 0.5 + 4 * random.NextDouble());

    protected override (double From, double To) Interval => (-Math.PI, Math.PI);

    protected override double ReferenceLogDensity(VonMises component, double[] row) =>
        component.Concentration * Math.Cos(row[0] - component.Direction) - Math.Log(2 * Math.PI * MathNet.Numerics.SpecialFunctions.BesselI0(component.Concentration));

    protected override IReadOnlyList<double[]> Outside => [[1e9]];
}

public sealed class VonMisesFisherLaws : ParametricLaws<VonMisesFisher>
{
    protected override ParametricFamily<VonMisesFisher> Subject { get; } = new VonMisesFisherFamily(3);

    protected override VonMisesFisher Component(Random random) => new(1 + 3 * random.NextDouble(), 2 * random.NextDouble(), 3 * Simulate.Normal(random));

    // Over the sphere: the cosine to the direction is uniform under the uniform distribution, of density 1/4π.
    protected override (double Mass, double Error) TotalMass(VonMisesFisher component, Random random)
    {
        double[] direction = component.Direction;
        double[] across = [-direction[1], direction[0], 0];
        double length = Math.Sqrt(across.Sum(value => value * value));
        double mass = MathNet.Numerics.Integration.GaussLegendreRule.Integrate(
            cosine => 2 * Math.PI * Math.Exp(Density(component, [.. direction.Select((value, j) => cosine * value + Math.Sqrt(1 - cosine * cosine) * across[j] / length)])), -1, 1, 64);
        return (mass, 1e-9);
    }

    // In three dimensions C(κ) = κ/(4π sinh κ).
    protected override double ReferenceLogDensity(VonMisesFisher component, double[] row) =>
        Math.Log(component.Concentration / (4 * Math.PI * Math.Sinh(component.Concentration))) + row.Select((value, j) => value * component.Parameters[j]).Sum();

    protected override IReadOnlyList<double[]> Outside => [[1, 1, 0]];
}

public sealed class NormalLaws : ContinuousLaws<Normal>
{
    protected override ParametricFamily<Normal> Subject { get; } = new NormalFamily(1e-8);

    protected override Normal Component(Random random) => new(Simulate.Normal(random), 0.5 + random.NextDouble());

    protected override (double From, double To) Interval => (-20, 20);

    protected override double ReferenceLogDensity(Normal component, double[] row) => MathNet.Numerics.Distributions.Normal.PDFLn(component.Mean, Math.Sqrt(component.Variance), row[0]);

    protected override Normal Translate(Normal component, double offset) => new(component.Mean + offset, component.Variance);

    protected override IReadOnlyList<double[]> Outside => [];
}

public sealed class LogNormalLaws : ContinuousLaws<Normal>
{
    protected override ParametricFamily<Normal> Subject { get; } = new LogNormalFamily();

    protected override Normal Component(Random random) => new(Simulate.Normal(random), 0.2 + 0.3 * random.NextDouble());

    protected override (double From, double To) Interval => (0, 1000);

    protected override double ReferenceLogDensity(Normal component, double[] row) => MathNet.Numerics.Distributions.LogNormal.PDFLn(component.Mean, Math.Sqrt(component.Variance), row[0]);

    protected override IReadOnlyList<double[]> Outside => [[0], [-1]];
}

public sealed class TruncatedNormalLaws : ContinuousLaws<Normal>
{
    protected override ParametricFamily<Normal> Subject { get; } = new TruncatedNormalFamily(-1, 2, 1e-8);

    protected override int Draws => 16384;

    protected override Normal Component(Random random) => new(0.5 * Simulate.Normal(random), 0.5 + 0.3 * random.NextDouble());

    protected override (double From, double To) Interval => (-1, 2);

    protected override double ReferenceLogDensity(Normal component, double[] row) => MathNet.Numerics.Distributions.Normal.PDFLn(component.Mean, component.Deviation, row[0])
        - Math.Log(MathNet.Numerics.Distributions.Normal.CDF(component.Mean, component.Deviation, 2) - MathNet.Numerics.Distributions.Normal.CDF(component.Mean, component.Deviation, -1));

    protected override IReadOnlyList<double[]> Outside => [[-1.5], [2.5]];
}

public sealed class TruncatedExponentialLaws : ContinuousLaws<TruncatedExponential>
{
    protected override ParametricFamily<TruncatedExponential> Subject { get; } = new TruncatedExponentialFamily(0.5, 4);

    protected override TruncatedExponential Component(Random random) => new(0.3 + 2 * random.NextDouble(), 0.5, 4);

    protected override (double From, double To) Interval => (0.5, 4);

    protected override double ReferenceLogDensity(TruncatedExponential component, double[] row) =>
        Math.Log(component.Rate) - component.Rate * row[0] - Math.Log(Math.Exp(-component.Rate * 0.5) - Math.Exp(-component.Rate * 4));

    protected override IReadOnlyList<double[]> Outside => [[0], [5]];
}

public sealed class WeibullLaws : ContinuousLaws<Weibull>
{
    protected override ParametricFamily<Weibull> Subject { get; } = new WeibullFamily();

    // Sums of high powers of the data.
    protected override double SumTolerance => 1e-9;

    protected override Weibull Component(Random random) => new(0.8 + 2 * random.NextDouble(), 0.5 + random.NextDouble());

    protected override (double From, double To) Interval => (0, 90);

    protected override double ReferenceLogDensity(Weibull component, double[] row) => MathNet.Numerics.Distributions.Weibull.PDFLn(component.Shape, component.Scale, row[0]);

    // The M-step is exact within a region; further than that takes several.
    protected override Weibull Neighbour(Random random, Weibull component, double scale) => base.Neighbour(random, component, 0.3 * scale);

    protected override Weibull Far(Random random, Weibull component) => base.Neighbour(random, component, 1);

    protected override IReadOnlyList<double[]> Outside => [[0], [-1]];
}

public sealed class TruncatedWeibullLaws : ContinuousLaws<Weibull>
{
    protected override ParametricFamily<Weibull> Subject { get; } = new TruncatedWeibullFamily(0.3, 2);

    protected override double SumTolerance => 1e-9;

    protected override Weibull Component(Random random) => new(1.5 + random.NextDouble(), 0.8 + 0.4 * random.NextDouble());

    protected override (double From, double To) Interval => (0.3, 2);

    protected override double ReferenceLogDensity(Weibull component, double[] row) => MathNet.Numerics.Distributions.Weibull.PDFLn(component.Shape, component.Scale, row[0])
        - Math.Log(Math.Exp(-Math.Pow(0.3 / component.Scale, component.Shape)) - Math.Exp(-Math.Pow(2 / component.Scale, component.Shape)));

    // The M-step is exact within a region; further than that takes several.
    protected override Weibull Neighbour(Random random, Weibull component, double scale) => base.Neighbour(random, component, 0.1 * scale);

    protected override Weibull Far(Random random, Weibull component) => base.Neighbour(random, component, 1);

    protected override IReadOnlyList<double[]> Outside => [[0.1], [3]];
}

public sealed class UniformLaws : FamilyLaws<Uniform>
{
    private static readonly UniformFamily _family = new(-1, 3);

    protected override IFamily<Uniform, Latent.Data.RowTile> Family => _family;

    protected override int Columns => 1;

    protected override Uniform Component(Random random) => new(-1, 3);

    protected override void DrawRow(Random random, Uniform component, Span<double> row) => row[0] = -1 + 4 * random.NextDouble();

    protected override double[] Flatten(Uniform component) => component.Parameters.ToArray();

    protected override double ReferenceLogDensity(Uniform component, double[] row) => -Math.Log(4);

    protected override (double Mass, double Error) TotalMass(Uniform component, Random random) => (4 * Math.Exp(-Math.Log(4)), 1e-12);
}

using Latent.Families;
using Latent.Testing;

namespace Latent.Tests.Families;

public sealed class PoissonLaws : ParametricLaws<Poisson>
{
    protected override ParametricFamily<Poisson> Subject { get; } = new PoissonFamily();

    protected override Poisson Component(Random random) => new(0.2 + 20 * random.NextDouble());

    protected override double ReferenceLogDensity(Poisson component, double[] row) =>
        MathNet.Numerics.Distributions.Poisson.PMFLn(component.Rate, (int)row[0]);

    protected override IReadOnlyList<double[]> Outside => [[-1], [1.5]];
}

public sealed class BernoulliLaws : ParametricLaws<Bernoulli>
{
    protected override ParametricFamily<Bernoulli> Subject { get; } = new BernoulliFamily();

    protected override Bernoulli Component(Random random) => new(0.05 + 0.9 * random.NextDouble());

    protected override IEnumerable<double[]> Points(Bernoulli component) => [[0], [1]];

    protected override double ReferenceLogDensity(Bernoulli component, double[] row) => Math.Log(row[0] == 1 ? component.Success : 1 - component.Success);

    protected override IReadOnlyList<double[]> Outside => [[-1], [0.5], [2]];
}

/// <summary>Few categories, summed.</summary>
public sealed class CategoricalLaws : CategoricalLawsOf
{
    protected override int Levels => 4;
}

/// <summary>Many categories, looked up.</summary>
public sealed class ManyCategoriesLaws : CategoricalLawsOf
{
    protected override int Levels => 40;
}

public abstract class CategoricalLawsOf : ParametricLaws<Categorical>
{
    protected abstract int Levels { get; }

    protected override ParametricFamily<Categorical> Subject => field ??= new CategoricalFamily(Levels);

    protected override Categorical Component(Random random) => new(Simulate.Probabilities(random, Levels));

    protected override IEnumerable<double[]> Points(Categorical component) => Enumerable.Range(0, Levels).Select(code => new double[] { code });

    protected override double ReferenceLogDensity(Categorical component, double[] row) => Math.Log(component.Probabilities[(int)row[0]]);

    protected override Categorical Neighbour(Random random, Categorical component, double scale) =>
        new(component.Probabilities.ToArray().Select(probability => probability * Math.Exp(scale * Simulate.Normal(random))).ToArray());

    protected override Categorical Far(Random random, Categorical component) => new(component.Probabilities.ToArray().Reverse().Select((p, i) => p + i).ToArray());

    protected override IReadOnlyList<double[]> Outside => [[-1], [0.5], [Levels]];
}

public sealed class BinomialLaws : ParametricLaws<Binomial>
{
    protected override ParametricFamily<Binomial> Subject { get; } = new BinomialFamily(12);

    protected override Binomial Component(Random random) => new(0.05 + 0.9 * random.NextDouble());

    protected override IEnumerable<double[]> Points(Binomial component) => Enumerable.Range(0, 13).Select(count => new double[] { count });

    protected override double ReferenceLogDensity(Binomial component, double[] row) => MathNet.Numerics.Distributions.Binomial.PMFLn(component.Success, 12, (int)row[0]);

    protected override IReadOnlyList<double[]> Outside => [[-1], [0.5], [13]];
}

public sealed class GeometricLaws : ParametricLaws<Geometric>
{
    protected override ParametricFamily<Geometric> Subject { get; } = new GeometricFamily();

    protected override Geometric Component(Random random) => new(0.1 + 0.8 * random.NextDouble());

    protected override double ReferenceLogDensity(Geometric component, double[] row) => Math.Log(component.Success) + row[0] * Math.Log(1 - component.Success);

    protected override IReadOnlyList<double[]> Outside => [[-1], [0.5]];
}

public sealed class ZeroInflatedPoissonLaws : ParametricLaws<ZeroInflatedPoisson>
{
    protected override ParametricFamily<ZeroInflatedPoisson> Subject { get; } = new ZeroInflatedPoissonFamily();

    protected override ZeroInflatedPoisson Component(Random random) => new(0.2 + 0.5 * random.NextDouble(), 1 + 5 * random.NextDouble());

    protected override double ReferenceLogDensity(ZeroInflatedPoisson component, double[] row) =>
        Math.Log((row[0] == 0 ? component.Inflation : 0) + (1 - component.Inflation) * Math.Exp(MathNet.Numerics.Distributions.Poisson.PMFLn(component.Rate, (int)row[0])));

    protected override IReadOnlyList<double[]> Outside => [[-1], [0.5]];
}

public sealed class NegativeBinomialLaws : ParametricLaws<NegativeBinomial>
{
    protected override ParametricFamily<NegativeBinomial> Subject { get; } = new NegativeBinomialFamily(5000);

    protected override NegativeBinomial Component(Random random) => new(0.5 + 3 * random.NextDouble(), 1 + 5 * random.NextDouble());

    protected override double ReferenceLogDensity(NegativeBinomial component, double[] row) =>
        MathNet.Numerics.Distributions.NegativeBinomial.PMFLn(component.Size, component.Size / (component.Size + component.Mean), (int)row[0]);

    protected override IReadOnlyList<double[]> Outside => [[-1], [0.5]];
}

public sealed class MultinomialLaws : ParametricLaws<Multinomial>
{
    protected override ParametricFamily<Multinomial> Subject { get; } = new MultinomialFamily(3);

    protected override Multinomial Component(Random random) => new(Simulate.Probabilities(random, 3));

    // Five counts over three cells.
    protected override void DrawRow(Random random, Multinomial component, Span<double> row)
    {
        row.Clear();
        for (int draw = 0; draw < 5; draw++)
        {
            row[Simulate.Index(random, component.Probabilities)]++;
        }
    }

    protected override IEnumerable<double[]> Points(Multinomial component) =>
        from first in Enumerable.Range(0, 6) from second in Enumerable.Range(0, 6 - first) select new double[] { first, second, 5 - first - second };

    protected override double ReferenceLogDensity(Multinomial component, double[] row) =>
        new MathNet.Numerics.Distributions.Multinomial(component.Probabilities.ToArray(), (int)row.Sum()).ProbabilityLn([.. row.Select(count => (int)count)]);

    protected override Multinomial Neighbour(Random random, Multinomial component, double scale) =>
        new(component.Probabilities.ToArray().Select(probability => probability * Math.Exp(scale * Simulate.Normal(random))).ToArray());

    protected override IReadOnlyList<double[]> Outside => [[1, -1, 1], [0.5, 1, 1]];
}

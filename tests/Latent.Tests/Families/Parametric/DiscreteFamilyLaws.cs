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

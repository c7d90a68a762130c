using CustomModel;
using Latent.Data;
using Latent.Testing;

namespace Latent.Tests.Engine.Examples;

/// <summary>The sample's model obeys every law.</summary>
public sealed class PoissonPairLaws : RowModelLaws<PoissonPair>
{
    protected override IEmModel<PoissonPair, RowChunk> Model { get; } = new PoissonPairModel();

    protected override int Columns => 1;

    protected override RecoveryCase<PoissonPair, RowChunk> Recovery
    {
        get
        {
            Random random = new(Seed);
            PoissonPair truth = new(0.4, 1, 8);
            double[] counts = [.. Enumerable.Range(0, 2000).Select(_ => (double)Simulate.Poisson(random, random.NextDouble() < truth.Share ? truth.First : truth.Second))];
            return new(truth, [new RowChunk(counts, 1)], new PoissonPair(0.5, 3, 4), 3);
        }
    }

    protected override void DrawRow(Random random, Span<double> row) => row[0] = Simulate.Poisson(random, random.NextDouble() < 0.4 ? 1 : 5);

    protected override PoissonPair Parameters(Random random) => new(0.2 + 0.6 * random.NextDouble(), 0.5 + random.NextDouble(), 3 + 3 * random.NextDouble());

    protected override double[] Flatten(PoissonPair parameters) => [parameters.Share, parameters.First, parameters.Second];

    protected override double[] Coordinates(PoissonPair parameters) =>
        [Math.Log(parameters.Share / (1 - parameters.Share)), Math.Log(parameters.First), Math.Log(parameters.Second)];

    protected override PoissonPair FromCoordinates(double[] point) => new(1 / (1 + Math.Exp(-point[0])), Math.Exp(point[1]), Math.Exp(point[2]));

    protected override double ExpectedLogLikelihood(ReadOnlySpan<double> statistic, PoissonPair candidate, PoissonPair current) =>
        statistic[0] * (Math.Log(candidate.Share) - candidate.First) + statistic[2] * Math.Log(candidate.First)
        + statistic[1] * (Math.Log(1 - candidate.Share) - candidate.Second) + statistic[3] * Math.Log(candidate.Second);

    protected override int Components(PoissonPair parameters) => 2;

    protected override PoissonPair Relabel(PoissonPair parameters, int[] permutation) => new(1 - parameters.Share, parameters.Second, parameters.First);
}

/// <summary>Gene counting obeys every law.</summary>
public sealed class GeneCountingLaws : RowModelLaws<AlleleFrequencies>
{
    protected override IEmModel<AlleleFrequencies, RowChunk> Model => GeneCounting.BloodGroups;

    protected override int Columns => 1;

    protected override RecoveryCase<AlleleFrequencies, RowChunk> Recovery
    {
        get
        {
            Random random = new(Seed);
            double[] truth = [0.25, 0.1, 0.65];
            double[] phenotypes = [.. Enumerable.Range(0, 3000).Select(_ => (double)Phenotype(Simulate.Index(random, truth), Simulate.Index(random, truth)))];
            return new(new AlleleFrequencies(truth), [new RowChunk(phenotypes, 1)], new AlleleFrequencies([0.4, 0.4, 0.2]), 2);
        }
    }

    protected override void DrawRow(Random random, Span<double> row) => row[0] = random.Next(4);

    protected override AlleleFrequencies Parameters(Random random) => new(Simulate.Probabilities(random, 3));

    protected override double[] Flatten(AlleleFrequencies parameters) => parameters.Values;

    protected override double[] Coordinates(AlleleFrequencies parameters) =>
        [Math.Log(parameters.Values[0] / parameters.Values[2]), Math.Log(parameters.Values[1] / parameters.Values[2])];

    protected override AlleleFrequencies FromCoordinates(double[] point)
    {
        double sum = Math.Exp(point[0]) + Math.Exp(point[1]) + 1;
        return new([Math.Exp(point[0]) / sum, Math.Exp(point[1]) / sum, 1 / sum]);
    }

    protected override double ExpectedLogLikelihood(ReadOnlySpan<double> statistic, AlleleFrequencies candidate, AlleleFrequencies current)
    {
        double sum = 0;
        for (int allele = 0; allele < statistic.Length; allele++)
        {
            sum += statistic[allele] * Math.Log(candidate.Values[allele]);
        }
        return sum;
    }

    private static int Phenotype(int first, int second) => (Math.Min(first, second), Math.Max(first, second)) switch
    {
        (0, 0) or (0, 2) => 0,
        (0, 1) => 1,
        (1, 1) or (1, 2) => 2,
        _ => 3,
    };
}

/// <summary>The linkage model obeys every law.</summary>
public sealed class LinkageLaws : RowModelLaws<Recombination>
{
    protected override IEmModel<Recombination, RowChunk> Model { get; } = new Linkage();

    protected override int Columns => 1;

    protected override void DrawRow(Random random, Span<double> row) => row[0] = random.Next(4);

    protected override Recombination Parameters(Random random) => new(0.1 + 0.8 * random.NextDouble());

    protected override double[] Flatten(Recombination parameters) => [parameters.Theta];

    protected override double[] Coordinates(Recombination parameters) => [Math.Log(parameters.Theta / (1 - parameters.Theta))];

    protected override Recombination FromCoordinates(double[] point) => new(1 / (1 + Math.Exp(-point[0])));

    protected override double ExpectedLogLikelihood(ReadOnlySpan<double> statistic, Recombination candidate, Recombination current) =>
        statistic[0] * Math.Log(candidate.Theta) + statistic[1] * Math.Log(1 - candidate.Theta);
}

/// <summary>Censored regression obeys every law, changes of units included.</summary>
public sealed class CensoredRegressionLaws : RowModelLaws<RegressionLine>
{
    protected override IEmModel<RegressionLine, RowChunk> Model { get; } = new CensoredRegression(2);

    protected override int Columns => 4;

    protected override RecoveryCase<RegressionLine, RowChunk> Recovery =>
        new(new RegressionLine([1, 0.5], 1), [Draw(new Random(Seed), 2000)], new RegressionLine([0, 0], 3), 3);

    protected override IReadOnlyList<AffineImage<RegressionLine, RowChunk>> AffineImages =>
    [
        new(
            "a response in other units about another origin",
            chunk => Edit(chunk, (_, column, value) => column == 0 ? 1000 * value + 1e6 : value),
            line => new([1000 * line.Coefficients[0] + 1e6, 1000 * line.Coefficients[1]], 1000 * line.Sigma),
            line => new([(line.Coefficients[0] - 1e6) / 1000, line.Coefficients[1] / 1000], line.Sigma / 1000),
            chunk => Enumerable.Range(0, chunk.Rows).Count(row => chunk[row, 1] == 0) * Math.Log(1000)),
    ];

    protected override void DrawRow(Random random, Span<double> row)
    {
        double covariate = 4 * random.NextDouble() - 2;
        double response = 1 + 0.5 * covariate + Simulate.Normal(random);
        row[0] = Math.Min(response, 2);
        row[1] = response > 2 ? 1 : 0;
        row[2] = 1;
        row[3] = covariate;
    }

    protected override RegressionLine Parameters(Random random) => new([2 * random.NextDouble(), random.NextDouble()], 0.5 + random.NextDouble());

    protected override double[] Flatten(RegressionLine parameters) => [.. parameters.Coefficients, parameters.Sigma];

    protected override double[] Coordinates(RegressionLine parameters) => [.. parameters.Coefficients, Math.Log(parameters.Sigma)];

    protected override RegressionLine FromCoordinates(double[] point) => new(point[..^1], Math.Exp(point[^1]));

    protected override double ExpectedLogLikelihood(ReadOnlySpan<double> statistic, RegressionLine candidate, RegressionLine current)
    {
        double[] move = [.. candidate.Coefficients.Zip(current.Coefficients, (to, from) => to - from)];
        double squares = statistic[1];
        for (int left = 0; left < 2; left++)
        {
            squares -= 2 * move[left] * statistic[2 + left];
            for (int right = 0; right < 2; right++)
            {
                squares += move[left] * move[right] * statistic[4 + 2 * left + right];
            }
        }
        return -statistic[0] * Math.Log(candidate.Sigma) - squares / (2 * candidate.Sigma * candidate.Sigma);
    }
}

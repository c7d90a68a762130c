using Latent.Data;
using Latent.Numerics;
using Latent.Regression;
using Latent.Testing;

namespace Latent.Tests.Regression;

/// <summary>Counts with structural zeros obey the laws of models.</summary>
public abstract class ZeroInflatedLaws : RowModelLaws<ZeroInflatedParameters>
{
    private RegressionFamily Counts => field ??= RegressionFamilyLaws.Of(Response, "y ~ x", "~ z");

    private ZeroInflatedModel Subject => field ??= new ZeroInflatedModel(Counts, Standardization.None(2), [1, 5]);

    private protected abstract ResponseFamily Response { get; }

    protected override IEmModel<ZeroInflatedParameters, RowChunk> Model => Subject;

    protected override int Columns => Counts.Design.Width;

    protected override ICoordinates<ZeroInflatedParameters> OwnCoordinates => Subject;

    protected override ICoordinateScore<ZeroInflatedParameters> OwnScore => Subject;

    protected override void DrawRow(Random random, Span<double> row)
    {
        double x = 2 * random.NextDouble() - 1;
        double z = Simulate.Normal(random);
        double y = random.NextDouble() < 1 / (1 + Math.Exp(-z)) ? 0 : Response.Sample(0.8 + x, 1, 2, random);
        (row[0], row[1], row[2], row[3], row[4], row[5]) = (y, -GammaFunctions.LogFactorial(y), 1, x, 1, z);
    }

    protected override ZeroInflatedParameters Parameters(Random random) => new(
        [0.5 * Simulate.Normal(random), 0.5 * Simulate.Normal(random)],
        new RegressionComponent([0.5 + 0.3 * Simulate.Normal(random), 0.4 * Simulate.Normal(random)], Response.DispersionName is null ? 1 : 0.5 + random.NextDouble()));

    protected override double[] Flatten(ZeroInflatedParameters parameters) => [.. parameters.Zero, .. parameters.Count.Coefficients, parameters.Count.Dispersion];
}

public sealed class ZeroInflatedPoissonLaws : ZeroInflatedLaws
{
    private protected override ResponseFamily Response => ResponseFamily.Poisson;
}

public sealed class ZeroInflatedNegativeBinomialLaws : ZeroInflatedLaws
{
    private protected override ResponseFamily Response => ResponseFamily.NegativeBinomial;
}

using System.Diagnostics.CodeAnalysis;
using Latent.Numerics;

namespace Latent.Regression;

/// <content>
/// Coordinates: γ in standard units, then those of the counts' family. Natural parameters: both in the units of the data. The gradient comes from the statistic by Fisher's identity.
/// </content>
internal sealed partial class ZeroInflatedModel : ICoordinateScore<ZeroInflatedParameters>, IExpectedScore<ZeroInflatedParameters>
{
    private int CountTerms => family.Design.Columns.Terms;

    private bool HasDispersion => family.Response.DispersionName is not null;

    public int CoordinateCount(ZeroInflatedParameters parameters) => FreeParameters;

    public void WriteCoordinates(ZeroInflatedParameters parameters, Span<double> point)
    {
        parameters.Zero.CopyTo(point);
        family.WriteCoordinates([parameters.Count], point[Terms..]);
    }

    public bool TryReadCoordinates(ReadOnlySpan<double> point, ZeroInflatedParameters like, [MaybeNullWhen(false)] out ZeroInflatedParameters parameters)
    {
        parameters = null;
        RegressionComponent[] count = new RegressionComponent[1];
        foreach (double coefficient in point[..Terms])
        {
            if (!double.IsFinite(coefficient))
            {
                return false;
            }
        }
        if (!family.TryReadCoordinates(point[Terms..], [like.Count], count))
        {
            return false;
        }
        parameters = new ZeroInflatedParameters(point[..Terms], count[0]);
        return true;
    }

    public bool TryWriteCoordinateScore(ReadOnlySpan<double> statistic, ZeroInflatedParameters parameters, Span<double> score)
    {
        ReadOnlySpan<double> count = statistic[ZeroLength..];
        statistic[..Terms].CopyTo(score);
        count.Slice(1, CountTerms).CopyTo(score[Terms..]);
        if (HasDispersion)
        {
            score[^1] = parameters.Count.Dispersion * SizeScore(count, parameters.Count);
        }
        return !parameters.Count.Held;
    }

    public IReadOnlyList<NaturalParameter> NaturalParameters(ZeroInflatedParameters parameters) =>
        [.. family.NaturalParameters(1, []), .. family.Design.ConcomitantNames.Select(name => new NaturalParameter($"zero[{name}]"))];

    public void WriteNaturalParameters(ZeroInflatedParameters parameters, Span<double> values)
    {
        family.WriteNaturalParameters(parameters.Count, values);
        units.ToOriginal(parameters.Zero.AsSpan()).CopyTo(values[family.FreeParameters..]);
    }

    public void WriteScore(ReadOnlySpan<double> statistic, ZeroInflatedParameters parameters, Span<double> score)
    {
        ReadOnlySpan<double> count = statistic[ZeroLength..];
        family.Standardization.ScoreToOriginal(count.Slice(1, CountTerms), score[..CountTerms]);
        if (HasDispersion)
        {
            score[CountTerms] = SizeScore(count, parameters.Count);
        }
        units.ScoreToOriginal(statistic[..Terms], score.Slice(family.FreeParameters, Terms));
    }

    // N(log θ − ψ(θ)) less the statistic of the size: see NegativeBinomialResponse.
    private static double SizeScore(ReadOnlySpan<double> statistic, RegressionComponent count) =>
        statistic[0] * (Math.Log(count.Dispersion) - GammaFunctions.Digamma(count.Dispersion)) - statistic[^1];
}

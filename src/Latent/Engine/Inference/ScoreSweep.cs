namespace Latent.Engine;

/// <summary>The scores of all observations as a sweep: an E-step that collects [Σ w | Σ w·s | Σ w·s·sᵀ].</summary>
internal sealed class ScoreSweep<TParameters, TChunk>(IScores<TParameters, TChunk> scores, int length, bool products) : IEmModel<TParameters, TChunk>
{
    public int StatisticLength => ScoreSum.LengthOf(length, products);

    public double Expect(TParameters parameters, TChunk chunk, Span<double> statistic)
    {
        scores.AddScores(parameters, chunk, new ScoreSum(statistic, length, products));
        return 0;
    }

    public TParameters Maximize(ReadOnlySpan<double> statistic, TParameters current) => current;
}

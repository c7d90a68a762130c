using Latent.Data;
using Latent.Kernels;

namespace Latent.Mixtures;

/// <summary>−Σ w Σₖ r log r as a sweep: an E-step that collects nothing and returns the entropy.</summary>
internal sealed class PosteriorEntropy<TComponent>(MixtureModel<TComponent> model) : IEmModel<Mixture<TComponent>, RowChunk>
{
    public int StatisticLength => 0;

    public double Expect(Mixture<TComponent> parameters, RowChunk chunk, Span<double> statistic)
    {
        double[] logDensity = new double[chunk.Rows];
        double[] responsibilities = new double[chunk.Rows * model.Components];
        model.Evaluate(parameters, chunk, logDensity, responsibilities);
        double entropy = 0;
        for (int row = 0; row < chunk.Rows; row++)
        {
            double weight = chunk.Weights.IsEmpty ? 1 : chunk.Weights[row];
            foreach (double r in responsibilities.AsSpan(row * model.Components, model.Components))
            {
                entropy -= r > 0 ? weight * r * Elementary.Log(r) : 0;
            }
        }
        return entropy;
    }

    public Mixture<TComponent> Maximize(ReadOnlySpan<double> statistic, Mixture<TComponent> current) => current;
}

using Latent.Data;

namespace Latent.Mixtures.Starts;

/// <summary>A plane through a component's rows, across their longest axis.</summary>
/// <param name="Component">The component.</param>
/// <param name="Normal">The plane's normal, per column in units of the data; missing cells have no part.</param>
/// <param name="Centre">A point of the plane.</param>
/// <param name="Promise">How much the two sides look like two groups.</param>
internal sealed record Cut(int Component, double[] Normal, double[] Centre, double Promise);

/// <summary>The responsibilities of a mixture for a sample of the rows, and what they say about which components to cut.</summary>
internal sealed class SampledComponents<TComponent>
{
    private const int SampleRows = 2000;

    private readonly StartContext<TComponent> _context;
    private readonly StartSample _sample;
    private readonly int _count;
    private readonly double[] _responsibilities;

    private SampledComponents(StartContext<TComponent> context, StartSample sample, int count, double[] responsibilities)
    {
        _context = context;
        _sample = sample;
        _count = count;
        _responsibilities = responsibilities;
    }

    public static SampledComponents<TComponent> Of(StartContext<TComponent> context, Mixture<TComponent> mixture)
    {
        StartSample sample = context.Sample(SampleRows);
        double[] responsibilities = new double[sample.Count * mixture.Count];
        MixtureModel<TComponent> model = context.ModelOf(mixture.Count);
        for (int index = 0, row = 0; index < sample.Rows.ChunkCount; index++)
        {
            RowChunk chunk = sample.Rows.GetChunk(index).WithKnown(default);
            model.Evaluate(mixture, chunk, new double[chunk.Rows], responsibilities.AsSpan(row * mixture.Count, chunk.Rows * mixture.Count));
            row += chunk.Rows;
        }
        return new SampledComponents<TComponent>(context, sample, mixture.Count, responsibilities);
    }

    /// <summary>A cut of each component that has rows, the most promising first.</summary>
    public Cut[] Cuts()
    {
        List<Cut> cuts = [];
        int columns = _context.Model.Columns;
        double[] weights = new double[_sample.Count];
        for (int component = 0; component < _count; component++)
        {
            for (int row = 0; row < weights.Length; row++)
            {
                weights[row] = _responsibilities[row * _count + component] * _sample.Weights[row];
            }
            if (!(weights.Sum() > 0))
            {
                continue;
            }
            PrincipalAxis axis = PrincipalAxis.Of(_sample.Values, weights, columns);
            double[] normal = new double[columns];
            double[] centre = new double[columns];
            for (int column = 0; column < columns; column++)
            {
                double scale = _context.Scales[column];
                normal[column] = axis.Direction[column] * scale;
                centre[column] = _context.Summary.Means[column] + (scale > 0 ? axis.Mean[column] / scale : 0);
            }
            cuts.Add(new Cut(component, normal, centre, axis.Promise));
        }
        return [.. cuts.OrderByDescending(cut => cut.Promise)];
    }
}

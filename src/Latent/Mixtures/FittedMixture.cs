using System.Collections.Immutable;
using Latent.Data;
using Latent.Engine;
using Latent.Families;
using Latent.Numerics;

namespace Latent.Mixtures;

/// <summary>A mixture with its family: a density that can be evaluated, classified with, and drawn from. Immutable and safe for many threads.</summary>
/// <typeparam name="TComponent">The parameters of one component.</typeparam>
public partial class FittedMixture<TComponent> : IFittedMixture
{
    /// <summary>Joins parameters with the model that understands them.</summary>
    public FittedMixture(MixtureModel<TComponent> model, Mixture<TComponent> parameters, IReadOnlyList<string> columnNames)
    {
        if (columnNames.Count != model.Columns)
        {
            throw new ArgumentException($"Expected {model.Columns} column names, found {columnNames.Count}.", nameof(columnNames));
        }
        Model = model;
        Parameters = parameters;
        ColumnNames = [.. columnNames];
    }

    /// <summary>The model.</summary>
    public MixtureModel<TComponent> Model { get; }

    /// <summary>The parameters.</summary>
    public Mixture<TComponent> Parameters { get; }

    /// <summary>Names of the columns.</summary>
    public ImmutableArray<string> ColumnNames { get; }

    /// <summary>Mixing weights.</summary>
    public ImmutableArray<double> Weights => Parameters.Weights;

    /// <summary>The weight π₀ of the noise; 0 where there is none.</summary>
    public double NoiseWeight => Parameters.NoiseWeight;

    /// <summary>The noise; null where there is none.</summary>
    public UniformNoise? Noise => Model.Noise;

    /// <inheritdoc/>
    public bool EqualWeights => Model.EqualWeights;

    /// <summary>The components.</summary>
    public ImmutableArray<TComponent> Components => Parameters.Components;

    /// <summary>The component, from 0, with the highest posterior probability for each row; −1 where that of noise is higher. Ties go to the lower index.</summary>
    public int[] Predict(IRowSource rows, int threads = 0) => Posterior.Labels(Responsibilities(rows, threads), Model.Components);

    /// <summary>
    /// Posterior probabilities of the components, row-major, rows × K. Each row sums to one, or to one less the posterior probability of noise. Row weights play no part; what is known of
    /// the rows' components does.
    /// </summary>
    public double[] Responsibilities(IRowSource rows, int threads = 0)
    {
        double[] result = new double[checked(rows.Rows * Model.Components)];
        Visit(rows, threads, (chunk, logDensity) =>
            Model.Evaluate(Parameters, chunk, logDensity, result.AsSpan(checked((int)chunk.FirstRow * Model.Components), chunk.Rows * Model.Components)));
        return result;
    }

    /// <summary>log p(x) of each row, in nats.</summary>
    public double[] LogDensity(IRowSource rows, int threads = 0)
    {
        double[] result = new double[rows.Rows];
        Visit(rows, threads, (chunk, logDensity) =>
        {
            Model.Evaluate(Parameters, chunk, logDensity, []);
            logDensity.AsSpan(0, chunk.Rows).CopyTo(result.AsSpan((int)chunk.FirstRow));
        });
        return result;
    }

    /// <summary>The total log-likelihood Σ w·log p(x), in nats.</summary>
    public double Score(IRowSource rows, int threads = 0)
    {
        Check(rows);
        double[] ignored = new double[Model.StatisticLength];
        return new Reduction<Mixture<TComponent>, RowChunk>(Model, rows, EmOptions.ThreadsOrAll(threads)).Evaluate(Parameters, ignored, default);
    }

    /// <summary>Draws rows from the mixture; the same seed draws the same rows.</summary>
    /// <param name="count">Number of rows.</param>
    /// <param name="seed">Seed of the generator.</param>
    /// <returns>Row-major values, count × columns, and the component of each row, −1 for noise, which is drawn from its bounding box.</returns>
    /// <exception cref="NotSupportedException">The family cannot be drawn from.</exception>
    public (double[] Values, int[] Labels) Sample(int count, ulong seed = 1)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        if (Model.Family is not ISamplingFamily<TComponent> sampler)
        {
            throw new NotSupportedException($"Expected a family that can be drawn from, found {Model.Family.GetType().Name}.");
        }
        RandomGenerator random = new(seed);
        double[] values = new double[checked(count * Model.Columns)];
        int[] labels = new int[count];
        for (int row = 0; row < count; row++)
        {
            labels[row] = Draw(random.NextDouble());
            Span<double> target = values.AsSpan(row * Model.Columns, Model.Columns);
            if (labels[row] < 0)
            {
                Model.Noise!.Sample(random, target);
                continue;
            }
            sampler.Sample(Components[labels[row]], random, target);
        }
        return (values, labels);
    }

    private int Draw(double uniform)
    {
        uniform -= NoiseWeight;
        return uniform < 0 ? -1 : DiscreteDraw.Index(Weights.AsSpan(), uniform);
    }

    private void Visit(IRowSource rows, int threads, Action<RowChunk, double[]> visit)
    {
        Check(rows);
        using ThreadLocal<double[]> buffers = new(() => []);
        Sweep.ForEach<RowChunk>(rows, EmOptions.ThreadsOrAll(threads), chunk =>
        {
            if (buffers.Value!.Length < chunk.Rows)
            {
                buffers.Value = new double[chunk.Rows];
            }
            visit(chunk, buffers.Value!);
        });
    }

    private void Check(IRowSource rows)
    {
        ArgumentNullException.ThrowIfNull(rows);
        if (rows.Columns != Model.Columns)
        {
            throw new ArgumentException($"Expected rows of {Model.Columns} columns ({string.Join(", ", ColumnNames)}), found {rows.Columns}.", nameof(rows));
        }
    }
}

using Latent.Clustering;
using Latent.Data;
using Latent.Engine;
using Latent.Families;
using Latent.Mixtures.Starts;
using Latent.Numerics;

namespace Latent.Mixtures;

/// <summary>
/// What one start is made from: rows, model and randomness, and the common ways from a partition of the rows to parameters, one M-step
/// from a component with the columns' own means and variances. Distances are in standard deviations of the columns, so that units play no part.
/// </summary>
/// <typeparam name="TComponent">The parameters of one component.</typeparam>
public sealed class StartContext<TComponent>
{
    private readonly StartData<TComponent> _data;
    private readonly int _threads;

    internal StartContext(StartData<TComponent> data, RandomGenerator random, int threads, CancellationToken cancellation)
    {
        _data = data;
        _threads = threads;
        Random = random;
        Cancellation = cancellation;
    }

    /// <summary>The model, with its number of components.</summary>
    public MixtureModel<TComponent> Model => _data.Model;

    /// <summary>The rows that the starts compete on.</summary>
    public IRowSource Rows => _data.Rows;

    /// <summary>The columns' means and variances, of all rows.</summary>
    public ColumnSummary Summary => _data.Summary;

    /// <summary>The randomness of this start, the same for the same seed and start.</summary>
    public RandomGenerator Random { get; }

    /// <summary>Cancels.</summary>
    public CancellationToken Cancellation { get; }

    /// <summary>A fit with fewer components to grow from, where one was given.</summary>
    public Mixture<TComponent>? Smaller => _data.Options.Smaller;

    /// <summary>Sweeps of the mixture over the data so far.</summary>
    public int Evaluations { get; private set; }

    internal ReadOnlySpan<double> Scales => _data.Scales;

    /// <summary>Parameters from a partition: the component of each row, from 0, or −1 to leave a row out.</summary>
    /// <exception cref="DegenerateStartException">A component has no rows.</exception>
    /// <exception cref="ArgumentException">Not one label per row, or a label out of range.</exception>
    public Mixture<TComponent> FromLabels(IReadOnlyList<int> labels) => FromAssignment(new KnownLabels(Checked(labels)));

    private IReadOnlyList<int> Checked(IReadOnlyList<int> labels)
    {
        if (labels.Count != Rows.Rows)
        {
            throw new ArgumentException($"Expected {Rows.Rows} start labels, one per row, found {labels.Count}.");
        }
        foreach (int label in labels)
        {
            if (label < -1 || label >= Model.Components)
            {
                throw new ArgumentException($"Expected start labels from 0 to {Model.Components - 1} (or -1 for none), found {label}.");
            }
        }
        return labels;
    }

    /// <summary>Parameters from the partition of the rows by their nearest centre.</summary>
    /// <inheritdoc cref="FromLabels"/>
    public Mixture<TComponent> FromCentres(double[][] centres) =>
        centres.Length == Model.Components && Array.TrueForAll(centres, centre => centre.Length == Model.Columns)
            ? FromAssignment(new NearestCentre(Array.ConvertAll(centres, Filled), _data.Scales))
            : throw new ArgumentException($"Expected {Model.Components} centres of {Model.Columns} values, found {centres.Length} of {string.Join(", ", centres.Select(centre => centre.Length).Distinct())}.", nameof(centres));

    /// <summary>Equal weights, the given means, and everything else as in the data taken as one component.</summary>
    /// <exception cref="ArgumentException">Other numbers of means or values, or a family without a mean.</exception>
    public Mixture<TComponent> FromMeans(IReadOnlyList<double[]> means)
    {
        if (means.Count != Model.Components || means.Any(mean => mean.Length != Model.Columns))
        {
            throw new ArgumentException($"Expected {Model.Components} starting means of {Model.Columns} values each, found {means.Count} of {string.Join(", ", means.Select(mean => mean.Length).Distinct())}.");
        }
        if (Model.Family is not ILocationFamily<TComponent> family)
        {
            throw new ArgumentException($"Expected a family with a mean for a start from means, found {Model.Family.GetType().Name}.");
        }
        TComponent pooled = Pooled();
        double[] weights = new double[Model.Components];
        Array.Fill(weights, 1);
        return new Mixture<TComponent>(weights, means.Select(mean => family.MoveTo(pooled, mean)).ToArray());
    }

    /// <summary>Distinct rows, drawn at random; the column's mean stands where a cell is missing.</summary>
    /// <exception cref="DegenerateStartException">There are fewer.</exception>
    public double[][] DrawRows(int count)
    {
        double[][] rows = RowSample.Distinct(Rows, count, Random);
        foreach (double[] row in rows)
        {
            for (int column = 0; column < row.Length; column++)
            {
                row[column] = double.IsNaN(row[column]) ? Summary.Means[column] : row[column];
            }
        }
        return rows;
    }

    /// <summary>The component that all rows together have.</summary>
    public TComponent Pooled() => _data.Pooled(Cancellation);

    /// <summary>EM from a start: so many M-steps, no acceleration and no stopping rule.</summary>
    /// <param name="start">Where to begin.</param>
    /// <param name="iterations">M-steps; 0 evaluates the start alone.</param>
    /// <param name="responsibilities">The kind of E-step; null: soft.</param>
    /// <returns>The parameters with the objective that belongs to them, and with that less the penalty of collapsed components, which ranks starts.</returns>
    /// <exception cref="NumericalException">The start breaks down.</exception>
    public (Mixture<TComponent> Parameters, double Objective, double Rank) Improve(Mixture<TComponent> start, int iterations, ResponsibilityTransform? responsibilities = null)
    {
        ArgumentNullException.ThrowIfNull(start);
        MixtureModel<TComponent> model = _data.ModelOf(start.Count, responsibilities);
        Reduction<Mixture<TComponent>, RowChunk> reduction = new(model, RowsFor(model), _threads, _data.Options.Communicator);
        EmRun<Mixture<TComponent>, RowChunk> run = new(model, reduction, model.Admit(start, _data.NoiseStart), 0, 0);
        run.Advance(iterations, StoppingRule.Never, new Clock(null), null, Cancellation);
        Cancellation.ThrowIfCancellationRequested();
        Evaluations += run.Evaluations;
        return (run.Parameters, run.Objective, run.Objective - _data.Penalty(run.Parameters));
    }

    /// <summary>K-means centres: greedy k-means++ and Lloyd's algorithm.</summary>
    internal double[][] KMeansCentres(int iterations) =>
        KMeans.Start(Rows, Model.Components, [.. Summary.Means], _data.Scales, Random, _threads, iterations, Cancellation);

    /// <summary>Parameters from a partition of a sample of the rows.</summary>
    internal Mixture<TComponent> FromSample(StartSample sample, int[] labels) => FromAssignment(new KnownLabels(labels), Model, sample.Rows);

    /// <summary>Parameters from the responsibilities that an assignment gives, its components named after what is known of the rows.</summary>
    internal Mixture<TComponent> FromAssignment(IAssignment assignment, int? components = null) =>
        FromAssignment(assignment, components is { } count ? _data.ModelOf(count) : Model, Rows);

    /// <summary>A mixture with one component more: one of its own cut in two.</summary>
    internal Mixture<TComponent> FromCut(Mixture<TComponent> mixture, Cut cut) =>
        FromAssignment(new CutComponent<TComponent>(ModelOf(mixture.Count), mixture, cut), mixture.Count + 1);

    /// <summary>The mixture with one component less than the model has, and its cuts, made once for all starts.</summary>
    internal (Mixture<TComponent> Parent, Cut[] Cuts) Cuts() => _data.Cuts(this);

    /// <summary>Parameters from a partition as it is given, whatever else is known of the rows; those that it leaves out begin as noise where there is some.</summary>
    /// <inheritdoc cref="FromLabels"/>
    internal Mixture<TComponent> FromGivenLabels(IReadOnlyList<int> labels) => FromPartition(new KnownLabels(Checked(labels)), Model, Rows);

    private Mixture<TComponent> FromAssignment(IAssignment assignment, MixtureModel<TComponent> model, IRowSource rows) =>
        FromPartition(model.Components < Model.Components ? assignment : KnownRows.Heed(assignment, rows, model.Components), model, rows);

    private Mixture<TComponent> FromPartition(IAssignment assignment, MixtureModel<TComponent> model, IRowSource rows)
    {
        Evaluations++;
        PartitionModel<TComponent> partition = new(model, assignment);
        Mixture<TComponent> reference = _data.Reference(model.Components);
        double[] statistic = new double[model.StatisticLength];
        new Reduction<Mixture<TComponent>, RowChunk>(partition, rows, _threads, _data.Options.Communicator).Evaluate(reference, statistic, Cancellation);
        return model.Admit(partition.Maximize(statistic, reference), _data.NoiseStart);
    }

    /// <summary>The centre with its missing cells at their columns' means, so that no row is close to it for want of values.</summary>
    private double[] Filled(double[] centre) => Array.Exists(centre, double.IsNaN)
        ? [.. centre.Select((value, column) => double.IsNaN(value) ? Summary.Means[column] : value)]
        : centre;

    /// <summary>The rows; with fewer components than the fit is to have, what is known of them names components that are not there yet.</summary>
    private IRowSource RowsFor(MixtureModel<TComponent> model) => model.Components < Model.Components ? UnknownRows.Of(Rows) : Rows;

    /// <summary>The model with another number of components.</summary>
    internal MixtureModel<TComponent> ModelOf(int components) => _data.ModelOf(components);

    /// <summary>Up to so many rows, the same for every start, in standard units with missing cells at zero.</summary>
    internal StartSample Sample(int rows) => _data.Sample(rows);
}

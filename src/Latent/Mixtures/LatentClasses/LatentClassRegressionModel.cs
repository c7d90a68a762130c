using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using Latent.Data;
using Latent.Families;
using Latent.Kernels;
using MathNet.Numerics.LinearAlgebra;

namespace Latent.Mixtures.LatentClasses;

/// <summary>
/// Latent classes with covariates as an EM model. Rows are items, then covariates. The M-step of the items is that of the classes; β takes the step 2·(I + 11ᵀ) ⊗ (Σwzzᵀ)⁻¹ times the gradient, which
/// the bound of Böhning and Lindsay on the curvature makes an ascent [BohningLindsay1988].
/// </summary>
/// <param name="family">The items.</param>
/// <param name="classes">K.</param>
/// <param name="scales">For the intercept and each covariate the root of its mean square: the unit of its coordinate.</param>
/// <param name="termNames">Their names.</param>
/// <param name="itemNames">The names of the items.</param>
/// <param name="keepItems">Whether the items' distributions stay as they are.</param>
internal sealed class LatentClassRegressionModel(ProductFamily family, int classes, double[] scales, IReadOnlyList<string> termNames, IReadOnlyList<string> itemNames, bool keepItems = false) :
    IEmModel<LatentClassRegression, RowChunk>, ICoordinates<LatentClassRegression>, IScores<LatentClassRegression, RowChunk>
{
    private const int Stride = RowTile.Capacity;

    private readonly ConcurrentBag<Workspace> _workspaces = [];

    private int Terms => scales.Length;

    private int GradientStart => classes * family.StatisticLength;

    private int SquaresStart => GradientStart + classes * Terms;

    public int StatisticLength => SquaresStart + Terms * Terms;

    public int FreeParameters => (classes - 1) * Terms + (keepItems ? 0 : classes * family.FreeParameters);

    public double Expect(LatentClassRegression parameters, RowChunk chunk, Span<double> statistic)
    {
        Workspace workspace = Rent();
        double objective = 0;
        for (int start = 0; start < chunk.Rows; start += Stride)
        {
            objective += Load(workspace, parameters, chunk, start);
            RowTile tile = workspace.Tile;
            for (int k = 0; k < classes; k++)
            {
                Span<double> joint = workspace.Joint(k);
                family.Accumulate(parameters.Classes[k], tile, workspace.Scratch(k), joint, statistic.Slice(k * family.StatisticLength, family.StatisticLength));
                Span<double> gradient = statistic.Slice(GradientStart + k * Terms, Terms);
                for (int row = 0; row < tile.Rows; row++)
                {
                    double difference = joint[row] - tile.Weights[row] * Elementary.Exp(workspace.Gate(k)[row]);
                    for (int term = 0; term < Terms; term++)
                    {
                        gradient[term] += difference * Term(tile, term, row);
                    }
                }
            }
            Span<double> squares = statistic[SquaresStart..];
            for (int row = 0; row < tile.Rows; row++)
            {
                for (int place = 0; place < squares.Length; place++)
                {
                    squares[place] += tile.Weights[row] * Term(tile, place / Terms, row) * Term(tile, place % Terms, row);
                }
            }
        }
        _workspaces.Add(workspace);
        return objective;
    }

    /// <exception cref="NumericalException">The covariates are combinations of each other.</exception>
    public LatentClassRegression Maximize(ReadOnlySpan<double> statistic, LatentClassRegression current)
    {
        Product[] items = [.. current.Classes];
        for (int k = 0; k < classes && !keepItems; k++)
        {
            items[k] = family.Estimate(statistic.Slice(k * family.StatisticLength, family.StatisticLength), items[k]);
        }
        // In units of the scales, so that the factorisation sees numbers of one size.
        Matrix<double> squares = Matrix<double>.Build.Dense(Terms, Terms);
        Matrix<double> gradient = Matrix<double>.Build.Dense(Terms, classes);
        for (int a = 0; a < Terms; a++)
        {
            for (int b = 0; b < Terms; b++)
            {
                squares[a, b] = statistic[SquaresStart + a * Terms + b] / scales[a] / scales[b];
            }
            for (int k = 0; k < classes; k++)
            {
                gradient[a, k] = statistic[GradientStart + k * Terms + a] / scales[a];
            }
        }
        Matrix<double> step = squares.Solve(gradient);
        if (!step.Enumerate().All(double.IsFinite) || squares.ConditionNumber() > 1e14)
        {
            throw new NumericalException("Expected covariates that are no combinations of each other or of the intercept, found such. Leave one out.");
        }
        double[] coefficients = [.. current.Flat];
        for (int a = 0; a < Terms; a++)
        {
            double all = 0;
            for (int k = 1; k < classes; k++)
            {
                all += step[a, k];
            }
            for (int k = 1; k < classes; k++)
            {
                coefficients[k * Terms + a] += 2 * (step[a, k] + all) / scales[a];
            }
        }
        return new LatentClassRegression(coefficients, Terms, [.. items]);
    }

    public int CoordinateCount(LatentClassRegression parameters) => (classes - 1) * Terms + (keepItems ? 0 : family.CoordinateCount(classes));

    public void WriteCoordinates(LatentClassRegression parameters, Span<double> point)
    {
        for (int place = Terms; place < parameters.Flat.Length; place++)
        {
            point[place - Terms] = parameters.Flat[place] * scales[place % Terms];
        }
        if (!keepItems)
        {
            family.WriteCoordinates(parameters.Classes.AsSpan(), point[((classes - 1) * Terms)..]);
        }
    }

    public bool TryReadCoordinates(ReadOnlySpan<double> point, LatentClassRegression like, [MaybeNullWhen(false)] out LatentClassRegression parameters)
    {
        parameters = null;
        double[] coefficients = new double[classes * Terms];
        for (int place = Terms; place < coefficients.Length; place++)
        {
            coefficients[place] = point[place - Terms] / scales[place % Terms];
            if (!double.IsFinite(coefficients[place]))
            {
                return false;
            }
        }
        Product[] items = [.. like.Classes];
        if (!keepItems && !family.TryReadCoordinates(point[((classes - 1) * Terms)..], like.Classes.AsSpan(), items))
        {
            return false;
        }
        parameters = new LatentClassRegression(coefficients, Terms, [.. items]);
        return true;
    }

    public IReadOnlyList<NaturalParameter> NaturalParameters(LatentClassRegression parameters) =>
    [
        .. Enumerable.Range(2, classes - 1).SelectMany(k => termNames.Select(term => new NaturalParameter($"coefficient[{k}, {term}]"))),
        .. keepItems ? [] : Enumerable.Range(1, classes).SelectMany(k => family.NaturalParameters(k, itemNames)),
    ];

    public void WriteNaturalParameters(LatentClassRegression parameters, Span<double> values)
    {
        parameters.Flat.AsSpan(Terms).CopyTo(values);
        int own = keepItems ? 0 : (values.Length - (classes - 1) * Terms) / classes;
        for (int k = 0; k < classes && own > 0; k++)
        {
            family.WriteNaturalParameters(parameters.Classes[k], values.Slice((classes - 1) * Terms + k * own, own));
        }
    }

    public void AddScores(LatentClassRegression parameters, RowChunk chunk, ScoreSum sum)
    {
        Workspace workspace = Rent();
        int own = keepItems ? 0 : (sum.Length - (classes - 1) * Terms) / classes;
        double[] scores = new double[sum.Length * Stride];
        double[] item = new double[own * Stride];
        double[] weights = new double[Stride];
        RowChunk unweighted = chunk.WithWeights(default, chunk.FirstRow);
        for (int start = 0; start < chunk.Rows; start += Stride)
        {
            Load(workspace, parameters, unweighted, start);
            RowTile tile = workspace.Tile;
            Array.Clear(weights);
            for (int row = 0; row < tile.Rows; row++)
            {
                weights[row] = chunk.Weights.IsEmpty ? 1 : chunk.Weights[start + row];
            }
            for (int k = 0; k < classes; k++)
            {
                ReadOnlySpan<double> posterior = workspace.Joint(k);
                for (int place = (k - 1) * Terms; k > 0 && place < k * Terms; place++)
                {
                    for (int row = 0; row < posterior.Length; row++)
                    {
                        scores[place * Stride + row] = (posterior[row] - Elementary.Exp(workspace.Gate(k)[row])) * Term(tile, place % Terms, row);
                    }
                }
                if (own > 0)
                {
                    family.WriteScores(parameters.Classes[k], tile, item);
                }
                for (int place = 0; place < own * Stride; place++)
                {
                    int row = place % Stride;
                    scores[((classes - 1) * Terms + k * own) * Stride + place] = row < posterior.Length && posterior[row] > 0 ? posterior[row] * item[place] : 0;
                }
            }
            sum.AddTile(weights.AsSpan(0, tile.PaddedRows), scores, Stride);
        }
        _workspaces.Add(workspace);
    }

    /// <summary>Posterior class probabilities of a chunk, row-major, and the log-density of every row; either may be empty.</summary>
    public void Evaluate(LatentClassRegression parameters, RowChunk chunk, Span<double> posteriors, Span<double> logDensity)
    {
        Workspace workspace = Rent();
        RowChunk unweighted = chunk.WithWeights(default, chunk.FirstRow);
        for (int start = 0; start < chunk.Rows; start += Stride)
        {
            Load(workspace, parameters, unweighted, start);
            for (int row = 0; row < workspace.Tile.Rows; row++)
            {
                for (int k = 0; k < classes && !posteriors.IsEmpty; k++)
                {
                    posteriors[(start + row) * classes + k] = workspace.Joint(k)[row];
                }
            }
            if (!logDensity.IsEmpty)
            {
                workspace.LogSums.AsSpan(0, workspace.Tile.Rows).CopyTo(logDensity[start..]);
            }
        }
        _workspaces.Add(workspace);
    }

    /// <summary>Loads rows, leaves log P(class | z) in the gate and weighted posteriors in the joint, and returns the log-likelihood.</summary>
    private double Load(Workspace workspace, LatentClassRegression parameters, RowChunk chunk, int start)
    {
        RowTile tile = workspace.Tile;
        tile.Load(chunk, start, Math.Min(Stride, chunk.Rows - start));
        Span<double> predictors = stackalloc double[classes];
        for (int row = 0; row < tile.PaddedRows; row++)
        {
            double most = double.NegativeInfinity;
            for (int k = 0; k < classes; k++)
            {
                predictors[k] = 0;
                for (int term = 0; term < Terms; term++)
                {
                    predictors[k] = Math.FusedMultiplyAdd(parameters.Flat[k * Terms + term], Term(tile, term, row), predictors[k]);
                }
                most = Math.Max(most, predictors[k]);
            }
            double total = 0;
            foreach (double predictor in predictors)
            {
                total += Elementary.Exp(predictor - most);
            }
            double logTotal = most + Elementary.Log(total);
            for (int k = 0; k < classes; k++)
            {
                workspace.Gate(k)[row] = predictors[k] - logTotal;
            }
        }
        for (int k = 0; k < classes; k++)
        {
            Span<double> joint = workspace.Joint(k);
            family.LogDensity(parameters.Classes[k], tile, workspace.Scratch(k), joint);
            System.Numerics.Tensors.TensorPrimitives.Add(joint, workspace.Gate(k), joint);
        }
        return Softmax.Normalize(workspace.Joints, Stride, classes, tile.Weights, workspace.LogSums.AsSpan(0, tile.PaddedRows));
    }

    private double Term(RowTile tile, int term, int row) => term == 0 ? 1 : tile.Values[(family.Columns + term - 1) * Stride + row];

    private Workspace Rent() => _workspaces.TryTake(out Workspace? workspace) ? workspace : new Workspace(family, classes, family.Columns + Terms - 1);

    private sealed class Workspace(ProductFamily family, int classes, int columns)
    {
        private readonly AlignedBuffer _joint = new(classes * Stride);
        private readonly AlignedBuffer _gate = new(classes * Stride);
        private readonly AlignedBuffer _scratch = new(classes * family.ScratchLength(Stride));

        public RowTile Tile { get; } = new(columns);

        public double[] LogSums { get; } = new double[Stride];

        public Span<double> Joints => _joint.Span;

        public Span<double> Joint(int k) => _joint.Span.Slice(k * Stride, Tile.PaddedRows);

        public Span<double> Gate(int k) => _gate.Span.Slice(k * Stride, Tile.PaddedRows);

        public Span<double> Scratch(int k) => _scratch.Span.Slice(k * family.ScratchLength(Stride), family.ScratchLength(Stride));
    }
}

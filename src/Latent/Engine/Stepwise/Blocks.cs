using System.Numerics.Tensors;

namespace Latent.Engine.Stepwise;

/// <summary>Incremental EM: the statistic of every block, each under the parameters it was last visited with, and their sum under the current ones.</summary>
internal sealed class Blocks<TParameters, TChunk>
{
    private readonly EpochContext<TParameters, TChunk> _context;
    private readonly IncrementalEm _algorithm;
    private readonly Draw<TChunk> _draw;
    private readonly double[] _sum;
    private readonly double[] _moved;
    private readonly double[]?[] _statistics;
    private readonly TParameters?[] _under;
    private readonly BatchSource<TChunk> _batch = new();
    private TParameters _parameters;
    private double _mass;
    private double _foresight = double.NaN;
    private int _steps;
    private int _epoch;
    private int _next;

    public Blocks(EpochContext<TParameters, TChunk> context, IncrementalEm algorithm, TParameters start, BlocksState<TParameters>? saved)
    {
        _context = context;
        _algorithm = algorithm;
        int length = context.Model.StatisticLength;
        double most = Math.Max(1, algorithm.Memory / (sizeof(double) * (long)length));
        _draw = context.Draw(Math.Max(algorithm.BatchSize, context.Whole / most), 0);
        _sum = new double[length];
        _moved = new double[length];
        _statistics = new double[]?[_draw.Batches];
        _under = new TParameters?[_draw.Batches];
        _parameters = start;
        context.Model.MoveOrigin(_moved, start, start);
        if (saved is not null)
        {
            saved.Sum.CopyTo(_sum, 0);
            saved.Statistics.CopyTo(_statistics, 0);
            saved.Under.CopyTo(_under, 0);
            (_parameters, _mass, _foresight, _steps, _epoch, _next) = (saved.Parameters, saved.Mass, saved.Foresight, saved.Steps, saved.Epoch, saved.Next);
        }
    }

    private BlocksState<TParameters> State => new([.. _sum], [.. _statistics.Select(statistic => statistic?.ToArray())], [.. _under], _parameters, _mass, _foresight, _steps, _epoch, _next);

    public EpochOutcome<TParameters> Run()
    {
        _context.Watch(() => new EpochState<TParameters>(_epoch, _next, 0, null, State, null));
        for (; _epoch < _algorithm.Epochs; _epoch++, _next = 0)
        {
            int[] order = Order(_epoch);
            while (_next < order.Length)
            {
                if (_context.Stop())
                {
                    return new(_parameters, _epoch + 1, _steps, true);
                }
                _context.Step(() => Visit(order));
                _context.Report(_steps, _foresight * _context.Whole);
            }
        }
        return new(_parameters, _algorithm.Epochs, _steps, false);
    }

    private void Visit(int[] order)
    {
        double own = Visit(order[_next++]);
        _foresight = double.IsNaN(_foresight) ? own : double.IsNaN(own) ? _foresight : _foresight + 0.05 * (own - _foresight);
        _steps++;
        if (_next == order.Length)
        {
            Resum();
        }
    }

    /// <summary>Replaces the statistic of a block by the one under the current parameters, and makes an M-step of the sum.</summary>
    private double Visit(int block)
    {
        IStepwiseModel<TParameters, TChunk> model = _context.Model;
        _batch.Set(_context.Pieces, _draw.Batch(block));
        double mass = 0;
        for (int index = 0; index < _batch.ChunkCount; index++)
        {
            mass += model.Mass(_batch.GetChunk(index));
        }
        if (_statistics[block] is { } old)
        {
            old.CopyTo(_moved, 0);
            model.MoveOrigin(_moved, _under[block]!, _parameters);
            TensorPrimitives.Subtract(_sum, _moved, _sum);
        }
        else
        {
            _statistics[block] = new double[_sum.Length];
            _mass += mass;
        }
        Reduction<TParameters, TChunk> reduction = new(model, _batch, _context.Options.ThreadCount, _context.Options.Communicator);
        double likelihood = reduction.Evaluate(_parameters, _statistics[block], CancellationToken.None);
        if (!double.IsFinite(likelihood))
        {
            throw new NumericalException($"Expected a finite log-likelihood of a block, found {likelihood}: its rows have density zero, or overflow, under the current parameters. Rescale the data, or start elsewhere.");
        }
        _under[block] = _parameters;
        TensorPrimitives.Add(_sum, _statistics[block], _sum);
        if (_mass >= Math.Min(2.0 * _sum.Length, _context.Whole))
        {
            // Until all blocks were visited, those that were stand for the whole.
            TensorPrimitives.Multiply(_sum, _context.Whole / _mass, _moved);
            TParameters next = model.Maximize(_moved, _parameters);
            model.MoveOrigin(_sum, _parameters, next);
            _parameters = next;
        }
        return mass > 0 ? likelihood / mass : double.NaN;
    }

    /// <summary>The sum anew, so that what rounding left of many differences does not add up.</summary>
    private void Resum()
    {
        Array.Clear(_sum);
        for (int block = 0; block < _statistics.Length; block++)
        {
            _statistics[block]!.CopyTo(_moved, 0);
            _context.Model.MoveOrigin(_moved, _under[block]!, _parameters);
            TensorPrimitives.Add(_sum, _moved, _sum);
        }
    }

    private int[] Order(int epoch)
    {
        Draw<int> order = new(new Indices(_draw.Batches), _ => 1, 1, _context.Options.Seed, epoch + 1);
        return [.. Enumerable.Range(0, _draw.Batches).Select(index => order.Batch(index)[0])];
    }

    private sealed class Indices(int count) : IDataSource<int>
    {
        public int ChunkCount => count;

        public int GetChunk(int index) => index;
    }
}

/// <summary>Where incremental EM is, between two blocks.</summary>
/// <param name="Sum">The sum of the statistics under the current parameters.</param>
/// <param name="Statistics">That of every block that was visited.</param>
/// <param name="Under">The parameters under which.</param>
/// <param name="Parameters">The current parameters.</param>
/// <param name="Mass">The mass of the blocks visited.</param>
/// <param name="Foresight">The running mean log-likelihood per unit of mass of blocks before their visit.</param>
/// <param name="Steps">Visits so far.</param>
/// <param name="Epoch">The epoch.</param>
/// <param name="Next">The place of its next block in its order.</param>
internal sealed record BlocksState<TParameters>(
    double[] Sum, double[]?[] Statistics, TParameters?[] Under, TParameters Parameters, double Mass, double Foresight, int Steps, int Epoch, int Next);

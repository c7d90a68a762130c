using System.CommandLine;

namespace Latent.Cli.Commands;

/// <summary>The options of a fit that hold for every model.</summary>
internal sealed class FitArguments
{
    private readonly Option<ulong?> _seed = Parse.Seed("The seed of everything random. Default 1.");
    private readonly Option<int?> _starts = Parse.Integer("--starts", [], "Different starts that compete. Default: the model's own.", 1);
    private readonly Option<string?> _start = Parse.Text("--start", [], "Start from a saved model, or from a CSV or NPY of one starting mean per component.", "FILE");
    private readonly Option<int?> _maxIterations = Parse.Integer("--max-iterations", [], "The most iterations of one start.", 0);
    private readonly Option<double?> _tolerance = Parse.NonNegative("--tolerance", "Stop at this relative change of the objective; 0 runs all iterations. Default: a stricter rule of the gain still to come.");
    private readonly Option<TimeSpan?> _timeLimit = Parse.Duration("--time-limit", "The most time for the fit; the best so far is kept.");
    private readonly Option<int?> _threads = Parse.Integer("--threads", [], "Threads to use; the result is the same for any number. Default: all processors.", 1);
    private readonly Option<string?> _accelerate = Parse.Word(
        "--accelerate", "none: plain EM; squarem: SQUAREM; anderson: damped Anderson (DAAREM). Default: both, never downhill.", "none", "squarem", "anderson");
    private readonly Option<string?> _algorithm = Parse.Word(
        "--algorithm", "batch: whole passes (the default); online: an epoch of stepwise EM first; incremental: two epochs of incremental EM first, for data of which few passes can be afforded.", "batch", "online", "incremental");

    private readonly Option<int?> _batchSize = Parse.Integer("--batch-size", [], "Rows per step of --algorithm online or incremental. Default 4096.", 1);
    private readonly Option<string?> _output = Parse.Text("--output", ["-o"], "Save the model.", "MODEL.json");
    private readonly Option<string?> _trace = Parse.Text("--trace", [], "Write the objective of every iteration.", "FILE.csv");
    private readonly Option<bool> _json = new("--json") { Description = "Print one JSON object instead of tables." };
    private readonly Option<bool> _full = new("--full") { Description = "Print every parameter, however many." };
    private readonly Option<bool> _requireConvergence = new("--require-convergence") { Description = "Exit with 3 where the fit stopped before it converged." };

    private readonly CheckpointArguments _checkpoint = new();

    private readonly Option<bool> _mpi = new("--mpi") { Description = "Share the fit among the processes of an MPI job: mpirun -n 8 latent … --mpi. The result is the same for any number." };

    /// <summary>Adds the options to a command that searches among many fits: those of a single one, its start and its trace, have no meaning there.</summary>
    public void AddToSearch(Command command)
    {
        foreach (Option option in (Option[])[_starts, _seed, _maxIterations, _tolerance, _timeLimit, _accelerate, _threads, _mpi, .. _checkpoint.Options, _output, _json, _full, _requireConvergence])
        {
            command.Options.Add(option);
        }
    }

    /// <summary>Adds the options to a command that has none of its own by the same name.</summary>
    public void AddTo(Command command)
    {
        Option[] options =
        [
            _start, _starts, _seed, _maxIterations, _tolerance, _timeLimit, _accelerate, _algorithm, _batchSize, _threads, _mpi, .. _checkpoint.Options, _output, _trace, _json, _full, _requireConvergence,
        ];
        foreach (Option option in options.Where(option => command.Options.All(own => own.Name != option.Name)))
        {
            command.Options.Add(option);
        }
    }

    /// <summary>The values given.</summary>
    public FitSettings Read(ParseResult parsed) => new()
    {
        Seed = parsed.GetValue(_seed) ?? EmOptions.Default.Seed,
        Starts = parsed.GetValue(_starts),
        Start = parsed.GetValue(_start),
        MaxIterations = parsed.GetValue(_maxIterations),
        Tolerance = parsed.GetValue(_tolerance),
        TimeLimit = parsed.GetValue(_timeLimit),
        Threads = parsed.GetValue(_threads) ?? 0,
        Acceleration = AcceleratorOf(parsed.GetValue(_accelerate)),
        Algorithm = parsed.CommandResult.Command.Options.Contains(_algorithm) ? AlgorithmOf(parsed.GetValue(_algorithm), parsed.GetValue(_batchSize)) : EmAlgorithm.Batch,
        Output = parsed.GetValue(_output),
        Trace = parsed.GetValue(_trace),
        Json = parsed.GetValue(_json),
        Full = parsed.GetValue(_full),
        RequireConvergence = parsed.GetValue(_requireConvergence),
        Checkpoint = _checkpoint.Read(parsed),
        Mpi = parsed.CommandResult.GetResult(_mpi) is not null && parsed.GetValue(_mpi),
    };

    private static EmAlgorithm AlgorithmOf(string? name, int? batchSize) => name switch
    {
        "online" => new StepwiseEm { BatchSize = batchSize ?? new StepwiseEm().BatchSize },
        "incremental" => new IncrementalEm { BatchSize = batchSize ?? new IncrementalEm().BatchSize },
        _ when batchSize is not null => throw new UsageException("Expected --batch-size with --algorithm online or incremental, found it with batch, whose step is the whole data. Leave one out."),
        _ => EmAlgorithm.Batch,
    };

    private static Accelerator? AcceleratorOf(string? name) => name switch
    {
        null => null,
        "none" => Accelerator.None,
        "squarem" => new Squarem(),
        _ => new Daarem(),
    };
}

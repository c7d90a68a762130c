using System.CommandLine;
using Latent.Cli.Commands;
using Latent.IO;
using Latent.Topics;

namespace Latent.Cli.Models;

/// <summary>Topic models on the command line.</summary>
internal sealed class TopicKind : ModelKind
{
    private static readonly (string Name, TopicInitializer Initializer)[] _initializers =
    [
        ("anchors", TopicInitializer.AnchorWords), ("documents", TopicInitializer.RandomDocuments), ("weights", TopicInitializer.RandomWeights),
    ];

    private static readonly (string Name, TopicAlgorithm Algorithm)[] _algorithms =
    [
        ("batch", TopicAlgorithm.Batch), ("online", TopicAlgorithm.Online), ("scvb0", TopicAlgorithm.Scvb0),
    ];

    private static readonly (string Name, TopicWordOrder Order)[] _orders =
    [
        ("probability", TopicWordOrder.Probability), ("lift", TopicWordOrder.Lift), ("frex", TopicWordOrder.Frex),
    ];

    private readonly Option<int?> _topics = Parse.Integer("--components", ["-k"], "The number of topics.", 1);
    private readonly Option<string?> _inference = Parse.Word("--inference", "vb: variational Bayes (default); em: variational EM, topics without a prior; map: maximisation, PLSA where alpha and eta are 1.", [.. TopicModelFile.InferenceNames]);
    private readonly Option<string?> _alpha = Parse.Text("--alpha", [], "The prior of documents' mixtures: a number (default 1/k), symmetric or asymmetric to estimate it.", "X|symmetric|asymmetric");
    private readonly Option<string?> _eta = Parse.Text("--eta", [], "The prior of topics' words: a number (default 1/k), or auto to estimate it.", "X|auto");
    private readonly Option<string?> _algorithm = Parse.Word("--algorithm", "batch (default): all documents at each step; online: batches of them, for large corpora; scvb0: the same, collapsed.", [.. _algorithms.Select(entry => entry.Name)]);
    private readonly Option<int?> _batchSize = Parse.Integer("--batch-size", [], "Documents in a batch of online and scvb0. Default 256.", 1);
    private readonly Option<int?> _passes = Parse.Integer("--passes", [], "Passes over the documents of online and scvb0. Default: as many as 200 batches take.", 1);
    private readonly Option<double?> _heldOut = Parse.NonNegative("--held-out", "Documents that online and scvb0 keep back, below 1 a share: the fit ends when it foretells them no better. Default: none.");
    private readonly Option<string?> _update = Parse.Text("--update", [], "Add the documents to this saved model, whose vocabulary and topics stay, instead of fitting a new one.", "MODEL.json");
    private readonly Option<double?> _keep = Parse.NonNegative("--keep", "The share of what the model knows that --update keeps, above 0 to 1. Default 1; less forgets.");
    private readonly Option<int?> _boundDocuments = Parse.Integer("--bound-documents", [], "Documents from which online and scvb0 estimate the bound at the end; 0: all. Default 1000.", 0);
    private readonly Option<string?> _init = Parse.Word("--init", "What makes the starts. Default: anchors, then by turns documents and weights.", [.. _initializers.Select(entry => entry.Name)]);
    private readonly Option<int?> _innerIterations = Parse.Integer("--inner-iterations", [], "The most sweeps over a document at each step. Default 100.", 1);
    private readonly Option<double?> _innerTolerance = Parse.NonNegative("--inner-tolerance", "A document is done once its topic counts move by no more than this per topic. Default 0.001.");
    private readonly Option<string?> _order = Parse.Word("--order", "Which words show a topic: the most probable (default), those of the greatest lift, or frequent and exclusive ones.", [.. _orders.Select(entry => entry.Name)]);

    /// <summary>The options of documents.</summary>
    public CorpusArguments Corpus { get; } = new();

    public override string Name => TopicModelFile.ModelName;

    public override string Title => "Topic model (latent Dirichlet allocation)";

    public override string Summary => "Topics of documents: what words go together, and how much of each topic a document has.";

    public override ModelTraits Traits => new(Missing: false, Weights: false, Sequences: false, "stable");

    public override IReadOnlyList<Option> Options => [_topics, _update, _keep, .. OwnOptions];

    /// <summary>The options but for the number of topics.</summary>
    public IReadOnlyList<Option> OwnOptions =>
        [_inference, _alpha, _eta, _algorithm, _batchSize, _passes, _heldOut, _boundDocuments, _init, _innerIterations, _innerTolerance, _order, .. Corpus.Places, .. Corpus.Words];

    public override ModelFit Fit(FitJob job) => throw new UsageException("Expected documents for a topic model, found a table of rows.");

    public override FittedModel Load(ModelFile file) => new FittedTopics(this, file.ToTopicModel(), FittedTopics.TokensOf(file));

    /// <summary>The number of topics that was asked for.</summary>
    public int? TopicsOf(ParseResult parsed) => parsed.GetValue(_topics);

    /// <summary>The model to add documents to, or null.</summary>
    public string? Update(ParseResult parsed)
    {
        string? path = parsed.GetValue(_update);
        return path is null && parsed.GetValue(_keep) is not null ? throw new UsageException("Expected --update MODEL.json with --keep, found none. Name the model to add to.") : path;
    }

    /// <summary>How much of what it knows that model keeps.</summary>
    public double Keep(ParseResult parsed) => parsed.GetValue(_keep) is not { } share ? 1
        : share is > 0 and <= 1 ? share
        : throw new UsageException($"Expected a share above 0, up to 1, for --keep, found {share}.");

    /// <summary>How the words of a topic are ordered.</summary>
    public TopicWordOrder OrderOf(ParseResult parsed) => Array.Find(_orders, entry => entry.Name == (parsed.GetValue(_order) ?? "probability")).Order;

    /// <summary>The options of a fit.</summary>
    public TopicOptions ToOptions(ParseResult parsed, FitSettings settings, IProgress<EmProgress>? progress)
    {
        if (settings.Acceleration is { } acceleration && acceleration != Accelerator.None)
        {
            throw new UsageException("Expected --accelerate none for lda, whose topics have too many coordinates, found another. Leave the option out.");
        }
        TopicOptions options = settings.Apply(TopicOptions.Default, progress);
        TopicAlgorithm algorithm = Array.Find(_algorithms, entry => entry.Name == (parsed.GetValue(_algorithm) ?? "batch")).Algorithm;
        (double? alpha, ConcentrationEstimate estimate) = Alpha(parsed.GetValue(_alpha));
        string? eta = parsed.GetValue(_eta);
        return options with
        {
            Inference = parsed.GetValue(_inference) is { } inference ? TopicModelFile.InferenceOf(inference)!.Value : options.Inference,
            Learning = algorithm,
            Concentration = alpha,
            EstimateConcentration = estimate,
            Smoothing = eta is null or "auto" ? null : Number(eta, "--eta", "a positive number or auto"),
            EstimateSmoothing = eta == "auto",
            Initializer = parsed.GetValue(_init) is { } init ? Array.Find(_initializers, entry => entry.Name == init).Initializer : null,
            Starts = settings.Starts ?? options.Starts,
            BatchSize = parsed.GetValue(_batchSize) ?? options.BatchSize,
            Passes = parsed.GetValue(_passes) ?? options.Passes,
            InnerIterations = parsed.GetValue(_innerIterations) ?? options.InnerIterations,
            InnerTolerance = parsed.GetValue(_innerTolerance) ?? options.InnerTolerance,
            MaxIterations = settings.MaxIterations ?? options.MaxIterations,
            MaxBatches = settings.MaxIterations ?? options.MaxBatches,
            HeldOut = parsed.GetValue(_heldOut) ?? options.HeldOut,
            HeldOutTolerance = settings.Tolerance ?? options.HeldOutTolerance,
            BoundDocuments = parsed.GetValue(_boundDocuments) ?? options.BoundDocuments,
        };
    }

    private static (double? Value, ConcentrationEstimate Estimate) Alpha(string? text) => text switch
    {
        null => (null, ConcentrationEstimate.None),
        "symmetric" => (null, ConcentrationEstimate.Symmetric),
        "asymmetric" => (null, ConcentrationEstimate.Asymmetric),
        _ => (Number(text, "--alpha", "a positive number, symmetric or asymmetric"), ConcentrationEstimate.None),
    };

    private static double Number(string text, string option, string expected) =>
        double.TryParse(text, System.Globalization.NumberStyles.Float, System.Globalization.CultureInfo.InvariantCulture, out double value) && value > 0 && double.IsFinite(value)
            ? value
            : throw new UsageException($"Expected {expected} for {option}, found '{text}'.");
}

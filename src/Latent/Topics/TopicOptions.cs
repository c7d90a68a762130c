namespace Latent.Topics;

/// <summary>What becomes of the concentration α of documents' mixtures while topics are learnt.</summary>
public enum ConcentrationEstimate
{
    /// <summary>It stays as it is.</summary>
    None,

    /// <summary>One value for all topics, the most likely.</summary>
    Symmetric,

    /// <summary>One value for each topic: common topics get large ones [Wallach2009].</summary>
    Asymmetric,
}

/// <summary>How the sweeps over the documents are used.</summary>
public enum TopicAlgorithm
{
    /// <summary>All documents, then the topics, and so on: the bound never decreases.</summary>
    Batch,

    /// <summary>A batch of documents, then a step of the topics towards what they say [Hoffman2010]: one or a few passes suffice for large corpora.</summary>
    Online,

    /// <summary>The collapsed zero-order updates of [Foulds2013], likewise in batches: no special functions at all.</summary>
    Scvb0,
}

/// <summary>How a topic model is fitted. Checked once, when it is used.</summary>
public sealed record TopicOptions : EmOptions
{
    internal const double DefaultInnerTolerance = 1e-3;
    internal const int DefaultInnerIterations = 100;

    /// <summary>The options a fit has when none are given: batch variational Bayes until the bound changes by less than 1e-5 of itself.</summary>
    public static new TopicOptions Default { get; } = new();

    /// <summary>The default options.</summary>
    public TopicOptions()
    {
        Stopping = StoppingRule.RelativeChange(1e-5);
        MaxIterations = 500;
    }

    /// <summary>What is estimated. Default: <see cref="TopicInference.VariationalBayes"/>.</summary>
    public TopicInference Inference { get; init; }

    /// <summary>How the documents are used. Default: <see cref="TopicAlgorithm.Batch"/>; the others are for variational Bayes.</summary>
    public TopicAlgorithm Learning { get; init; }

    /// <summary>α, the concentration of the Dirichlet prior of a document's mixture, the same for each topic; null: 1/K, and 1 in maximisation. Where it is estimated, the start.</summary>
    public double? Concentration { get; init; }

    /// <summary>Whether α is estimated. Default: it is not.</summary>
    public ConcentrationEstimate EstimateConcentration { get; init; }

    /// <summary>η, the parameter of the Dirichlet prior of a topic; null: 1/K, and 1 in maximisation. Where it is estimated, the start.</summary>
    public double? Smoothing { get; init; }

    /// <summary>Whether η is estimated (batch variational Bayes). Default: it is not.</summary>
    public bool EstimateSmoothing { get; init; }

    /// <summary>Different starts that compete; ignored when a start is given. Default 3; the online algorithms take the first alone.</summary>
    public int Starts { get; init; } = 3;

    /// <summary>What makes the starts; null (default): the first from anchor words, then by turns from random documents and random weights.</summary>
    public TopicInitializer? Initializer { get; init; }

    /// <summary>How the starts compete.</summary>
    public RacePlan Race { get; init; } = RacePlan.Default;

    /// <summary>A model to start from: one start, and the topics keep its order.</summary>
    public TopicModel? Start { get; init; }

    /// <summary>The inner loop of a document stops once its topic counts move by no more than this per topic. Default 1e-3.</summary>
    public double InnerTolerance { get; init; } = DefaultInnerTolerance;

    /// <summary>The most sweeps of an inner loop. Default 100.</summary>
    public int InnerIterations { get; init; } = DefaultInnerIterations;

    /// <summary>Documents in a batch of the online algorithms. Default 256.</summary>
    public int BatchSize { get; init; } = 256;

    /// <summary>Passes over the corpus of the online algorithms, each in another order; 0 (default): as many as 200 batches take.</summary>
    public int Passes { get; init; }

    /// <summary>The most batches of the online algorithms; null (default): those of their passes. <see cref="EmOptions.MaxIterations"/> is for the batch algorithm.</summary>
    public int? MaxBatches { get; init; }

    /// <summary>κ: the step of batch t is (τ + t)^−κ, κ in (½, 1]. Default 0.7.</summary>
    public double Decay { get; init; } = 0.7;

    /// <summary>τ ≥ 0: slows the first steps down. Default 10.</summary>
    public double Delay { get; init; } = 10;

    /// <summary>
    /// Documents that the online algorithms keep back, below 1 as a share, to see how well they are foretold: ten times a pass, and the fit is at its end once three checks in a row
    /// gain less than <see cref="HeldOutTolerance"/>. 0 (default): none.
    /// </summary>
    public double HeldOut { get; init; }

    /// <summary>What a check must gain in held-out log-likelihood per word, in nats, for the fit to go on. Default 1e-3; 0: goes on to the end of its passes.</summary>
    public double HeldOutTolerance { get; init; } = 1e-3;

    /// <summary>Documents, drawn at random, from which the online algorithms estimate the bound at their end; 0: all of them, which takes another pass. Default 1000.</summary>
    public int BoundDocuments { get; init; } = 1000;

    /// <summary>
    /// Whether <see cref="Start"/> is a model that already knows other documents, to which these are added: every batch adds its expected counts to λ [Broderick2013], and each
    /// document counts once. Online, in one pass. Default false. See <see cref="TopicModel.Update"/>.
    /// </summary>
    internal bool Update { get; init; }

    /// <summary>The share of what the model knew that an update keeps, in (0, 1].</summary>
    internal double Memory { get; init; } = 1;

    internal TopicOptions Checked(int topics)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(topics);
        base.Checked();
        Positive(Concentration, nameof(Concentration));
        Positive(Smoothing, nameof(Smoothing));
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(Starts);
        ArgumentOutOfRangeException.ThrowIfNegative(InnerTolerance);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(InnerIterations);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(BatchSize);
        ArgumentOutOfRangeException.ThrowIfNegative(Passes);
        ArgumentOutOfRangeException.ThrowIfNegative(MaxBatches ?? 0, nameof(MaxBatches));
        ArgumentOutOfRangeException.ThrowIfNegative(Delay);
        if (!(Decay > 0.5 && Decay <= 1))
        {
            throw new ArgumentOutOfRangeException(nameof(Decay), Decay, "Expected a decay in (½, 1], so that the steps fade but not too fast.");
        }
        if (Algorithm != EmAlgorithm.Batch)
        {
            throw new ArgumentException($"Expected the algorithm Batch, found {Algorithm.GetType().Name}. Say with {nameof(Learning)} how topics are learnt.");
        }
        bool isMaximum = Inference == TopicInference.MaximumAPosteriori;
        if (isMaximum && (Concentration < 1 || Smoothing < 1))
        {
            throw new ArgumentException("Expected α and η of 1 or more in maximisation, where smaller ones have no maximum. Use variational Bayes for sparse priors.");
        }
        if (Learning != TopicAlgorithm.Batch && Inference != TopicInference.VariationalBayes)
        {
            throw new ArgumentException($"Expected variational Bayes for the algorithm {Learning}, found {Inference}. Use the batch algorithm.");
        }
        if (Learning != TopicAlgorithm.Batch && (EstimateConcentration != ConcentrationEstimate.None || EstimateSmoothing))
        {
            throw new ArgumentException($"Expected given α and η for the algorithm {Learning}, found others. Use the batch algorithm.");
        }
        CheckHeldOut();
        return Start is { } start && start.Topics != topics
            ? throw new ArgumentException($"Expected a start of {topics} topics, found {start.Topics}.", nameof(Start))
            : this;
    }

    private void CheckHeldOut()
    {
        if (!(HeldOut >= 0 && double.IsFinite(HeldOut)))
        {
            throw new ArgumentOutOfRangeException(nameof(HeldOut), HeldOut, "Expected a share of the documents, or a number of them.");
        }
        if (!(HeldOutTolerance >= 0))
        {
            throw new ArgumentOutOfRangeException(nameof(HeldOutTolerance), HeldOutTolerance, "Expected nats per word of zero or more.");
        }
        ArgumentOutOfRangeException.ThrowIfNegative(BoundDocuments);
        if (HeldOut > 0 && Learning == TopicAlgorithm.Batch)
        {
            throw new ArgumentException($"Expected an online algorithm with {nameof(HeldOut)}, found batch. Choose the number of topics by {nameof(TopicSelection)}, or keep documents back with {nameof(TopicSelection)}.{nameof(TopicSelection.Split)}.");
        }
    }

    /// <summary>What makes start number <paramref name="start"/>.</summary>
    internal TopicInitializer InitializerOf(int start) => Initializer
        ?? (start == 0 ? TopicInitializer.AnchorWords : start % 2 == 1 ? TopicInitializer.RandomDocuments : TopicInitializer.RandomWeights);

    /// <summary>Passes over so many documents.</summary>
    internal int PassesOver(int documents)
    {
        const int enough = 200;
        const int most = 50;
        int batches = (documents + BatchSize - 1) / BatchSize;
        return Passes > 0 ? Passes : Math.Clamp((enough + batches - 1) / batches, 1, most);
    }

    /// <summary>α of so many topics.</summary>
    internal double[] ConcentrationOf(int topics)
    {
        double[] concentration = new double[topics];
        Array.Fill(concentration, Concentration ?? (Inference == TopicInference.MaximumAPosteriori ? 1 : 1.0 / topics));
        return concentration;
    }

    /// <summary>η of so many topics.</summary>
    internal double SmoothingOf(int topics) => Inference switch
    {
        TopicInference.VariationalBayes => Smoothing ?? 1.0 / topics,
        TopicInference.MaximumAPosteriori => Smoothing ?? 1,
        _ => 1,
    };

    private static void Positive(double? value, string name)
    {
        if (value is { } given && !(given > 0 && double.IsFinite(given)))
        {
            throw new ArgumentOutOfRangeException(name, value, "Expected a finite positive number.");
        }
    }
}

using System.Collections.Immutable;
using Latent.Data;

namespace Latent.Mixtures;

/// <summary>A mixture whatever its family: a density that can be evaluated, classified with, and drawn from.</summary>
public interface IFittedMixture
{
    /// <summary>Mixing weights.</summary>
    ImmutableArray<double> Weights { get; }

    /// <summary>The weight of a uniform noise component; 0 where there is none.</summary>
    double NoiseWeight => 0;

    /// <summary>The noise; null where there is none.</summary>
    UniformNoise? Noise => null;

    /// <summary>Whether the components' weights are held equal.</summary>
    bool EqualWeights => false;

    /// <summary>Names of the columns.</summary>
    ImmutableArray<string> ColumnNames { get; }

    /// <inheritdoc cref="FittedMixture{TComponent}.Predict"/>
    int[] Predict(IRowSource rows, int threads = 0);

    /// <inheritdoc cref="FittedMixture{TComponent}.Responsibilities"/>
    double[] Responsibilities(IRowSource rows, int threads = 0);

    /// <inheritdoc cref="FittedMixture{TComponent}.LogDensity"/>
    double[] LogDensity(IRowSource rows, int threads = 0);

    /// <inheritdoc cref="FittedMixture{TComponent}.Score"/>
    double Score(IRowSource rows, int threads = 0);

    /// <inheritdoc cref="FittedMixture{TComponent}.Sample"/>
    (double[] Values, int[] Labels) Sample(int count, ulong seed = 1);

    /// <inheritdoc cref="FittedMixture{TComponent}.StandardErrors"/>
    ParameterEstimates StandardErrors(IRowSource rows, StandardErrorOptions? options = null, CancellationToken cancellation = default);

    /// <inheritdoc cref="FittedMixture{TComponent}.Bootstrap"/>
    BootstrapResult Bootstrap(IRowSource rows, BootstrapOptions? options = null, CancellationToken cancellation = default);
}

/// <summary>A fitted mixture whatever its family, with the fit's own report.</summary>
public interface IMixtureFit : IFittedMixture
{
    /// <summary>The engine's report.</summary>
    EmResult Result { get; }

    /// <summary>What the data were.</summary>
    ColumnSummary Data { get; }

    /// <summary>The total log-likelihood, in nats, weights included.</summary>
    double LogLikelihood { get; }

    /// <summary>Entropy of the posteriors, in nats.</summary>
    double Entropy { get; }

    /// <summary>Free parameters p.</summary>
    int FreeParameters { get; }

    /// <summary>Akaike's criterion −2ℓ + 2p; lower is better.</summary>
    double Aic { get; }

    /// <summary>The Bayesian information criterion −2ℓ + p·ln n; lower is better.</summary>
    double Bic { get; }

    /// <summary>The integrated completed likelihood criterion BIC + 2·entropy; lower is better.</summary>
    double Icl { get; }

    /// <summary>The rows that were left out where <see cref="MixtureOptions{TComponent}.Trim"/> was asked for.</summary>
    TrimmedRows Trimmed { get; }

    /// <summary>The solutions on the way down where <see cref="MixtureOptions{TComponent}.Annihilate"/> was asked for, from many components to one; else empty.</summary>
    IReadOnlyList<AnnihilationStep> Annihilation { get; }
}

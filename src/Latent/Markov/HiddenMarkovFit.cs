using System.Collections.Immutable;
using Latent.Mixtures;

namespace Latent.Markov;

/// <summary>A hidden Markov model fitted to sequences, with everything the fit has to say of itself.</summary>
public class HiddenMarkovFit
{
    private protected HiddenMarkovFit(FittedHiddenMarkov model, EmResult result, ImmutableArray<double> occupancy, long steps, double weight, int freeParameters, double pathLogLikelihood, double logLikelihood)
    {
        Model = model;
        Result = result;
        Occupancy = occupancy;
        Steps = steps;
        Weight = weight;
        FreeParameters = freeParameters;
        PathLogLikelihood = pathLogLikelihood;
        LogLikelihood = logLikelihood;
    }

    /// <summary>The model: decodes, predicts, scores and draws.</summary>
    public FittedHiddenMarkov Model { get; }

    /// <summary>The engine's report.</summary>
    public EmResult Result { get; }

    /// <summary>The expected share of the steps that belongs to each state.</summary>
    public ImmutableArray<double> Occupancy { get; }

    /// <summary>The number of steps in all sequences.</summary>
    public long Steps { get; }

    /// <summary>The number n of observed steps, each with the weight of its sequence: what BIC counts.</summary>
    public double Weight { get; }

    /// <summary>The total log-likelihood, in nats, weights included: also where the fit had another objective, as with <see cref="ResponsibilityTransform.Hard"/>.</summary>
    public double LogLikelihood { get; }

    /// <summary>The joint log-probability of the data and of the most probable paths, in nats, weights included.</summary>
    public double PathLogLikelihood { get; }

    /// <summary>Whether the fit arrived at a stationary point.</summary>
    public bool Converged => Result.Converged;

    /// <summary>Free parameters p.</summary>
    public int FreeParameters { get; }

    /// <summary>Akaike's criterion −2ℓ + 2p; lower is better.</summary>
    public double Aic => -2 * LogLikelihood + 2 * FreeParameters;

    /// <summary>The Bayesian information criterion −2ℓ + p·ln n; lower is better.</summary>
    public double Bic => -2 * LogLikelihood + FreeParameters * Math.Log(Weight);

    /// <summary>The integrated completed likelihood criterion, with the most probable paths for the hidden ones: −2·log p(x, ẑ) + p·ln n; lower is better.</summary>
    public double Icl => -2 * PathLogLikelihood + FreeParameters * Math.Log(Weight);
}

/// <inheritdoc/>
/// <typeparam name="TComponent">The parameters of one state's emission.</typeparam>
public sealed class HiddenMarkovFit<TComponent> : HiddenMarkovFit
{
    internal HiddenMarkovFit(FittedHiddenMarkov<TComponent> model, EmResult<HiddenMarkov<TComponent>> result, ImmutableArray<double> occupancy, long steps, double weight, double pathLogLikelihood, double logLikelihood)
        : base(model, result, occupancy, steps, weight, model.Model.FreeParameters, pathLogLikelihood, logLikelihood)
    {
        Model = model;
        Result = result;
    }

    /// <inheritdoc cref="HiddenMarkovFit.Model"/>
    public new FittedHiddenMarkov<TComponent> Model { get; }

    /// <inheritdoc cref="HiddenMarkovFit.Result"/>
    public new EmResult<HiddenMarkov<TComponent>> Result { get; }

    /// <summary>The parameters.</summary>
    public HiddenMarkov<TComponent> Parameters => Result.Parameters;
}

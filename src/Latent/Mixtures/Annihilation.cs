using Latent.Data;
using Latent.Engine;
using Latent.Families;
using Latent.Kernels;
using Latent.Mixtures.Starts;

namespace Latent.Mixtures;

/// <summary>
/// The number of components in one run from too many [FigueiredoJain2002]: EM with weights πₖ ∝ Nₖ − T/2, T the parameters of a component, so that one which is not worth its
/// parameters goes, the least first; after each convergence the weakest goes too, down to one. The solution of the shortest message is kept.
/// </summary>
internal sealed class Annihilation<TComponent>(MixtureModel<TComponent> model, IRowSource rows, ColumnSummary summary, MixtureOptions<TComponent> options)
{
    private const int MostTries = 10;

    private readonly int _worth = model.Family is IJointFamily<TComponent> joint && model.Components > 1
        ? joint.FreeParametersOf(model.Components) - joint.FreeParametersOf(model.Components - 1)
        : model.Family.FreeParameters;

    /// <summary>Sweeps over the data.</summary>
    public int Evaluations { get; private set; }

    /// <summary>The solution of the shortest message, its components by weight, and all that were passed on the way.</summary>
    /// <exception cref="NumericalException">The data have too few rows for a single component.</exception>
    public (Mixture<TComponent> Best, IReadOnlyList<AnnihilationStep> Path) Run(Mixture<TComponent>? given, Clock clock, CancellationToken cancellation)
    {
        Mixture<TComponent> current = given ?? Start(cancellation);
        Mixture<TComponent>? best = null;
        double shortest = double.PositiveInfinity;
        List<AnnihilationStep> path = [];
        while (true)
        {
            MixtureModel<TComponent> smaller = model.With(current.Count, model.Responsibilities, -0.5 * _worth);
            Reduction<Mixture<TComponent>, RowChunk> reduction = new(smaller, rows, options.ThreadCount, options.Communicator);
            EmRun<Mixture<TComponent>, RowChunk> run = new(smaller, reduction, current, options.Seed, 0, options.Acceleration);
            int? weakest = null;
            StopReason reason = StopReason.Failed;
            try
            {
                reason = run.Advance(options.MaxIterations, options.Stopping, clock, options.Progress, cancellation);
            }
            catch (NumericalException) when (Worthless(run) is { } component && current.Count > 1)
            {
                weakest = component;
            }
            Evaluations += run.Evaluations;
            current = run.Parameters;
            if (weakest is null)
            {
                double length = Length(current, run.LogLikelihood);
                path.Add(new AnnihilationStep(current.Count, length, run.LogLikelihood));
                (best, shortest) = length < shortest ? (current, length) : (best, shortest);
                if (current.Count == 1 || reason is StopReason.Cancelled or StopReason.TimeLimit)
                {
                    return ((best ?? current).SortedByWeight(), path);
                }
                weakest = Enumerable.Range(0, current.Count).MinBy(k => run.Parameters.Weights[k]);
            }
            current = new Mixture<TComponent>(current.Weights.RemoveAt(weakest.Value).AsSpan(), current.Components.RemoveAt(weakest.Value).AsSpan());
        }
    }

    /// <summary>The component with the fewest rows where these are not worth its parameters; null where all are.</summary>
    private int? Worthless(EmRun<Mixture<TComponent>, RowChunk> run)
    {
        int count = run.Parameters.Count;
        double[] own = run.Statistic[..count].ToArray();
        int least = Array.IndexOf(own, own.Min());
        return own[least] <= 0.5 * _worth ? least : null;
    }

    private double Length(Mixture<TComponent> mixture, double logLikelihood)
    {
        double n = summary.Weight;
        double length = 0.5 * mixture.Count * (Elementary.Log(n / 12) + _worth + 1) - logLikelihood;
        foreach (double weight in mixture.Weights)
        {
            length += 0.5 * _worth * Elementary.Log(n * weight / 12);
        }
        return length;
    }

    /// <summary>
    /// Random responsibilities, unless an initialiser is given: components that are all alike at first annihilate each other, narrow ones would each settle on a handful of rows.
    /// </summary>
    private Mixture<TComponent> Start(CancellationToken cancellation)
    {
        MixtureInitializer initializer = options.Initializers is { Count: > 0 } several ? several[0] : new RandomPartitionInitializer();
        StartData<TComponent> data = new(model, rows, summary, options);
        for (int start = 0; ; start++)
        {
            try
            {
                StartContext<TComponent> context = data.Context(start, options.ThreadCount, cancellation);
                Mixture<TComponent> made = initializer.Start(context);
                Evaluations += context.Evaluations;
                return made;
            }
            catch (DegenerateStartException) when (start < MostTries)
            {
                continue;
            }
        }
    }
}

using Latent.Data;
using Latent.Engine;
using Latent.Mixtures.Starts;

namespace Latent.Mixtures;

/// <summary>Acts on the degenerate components that a fit has ended with, as a <see cref="DegeneracyPolicy"/> says, and lets the fit go on.</summary>
internal sealed class DegeneracyRepair<TComponent>(
    IRowSource rows, ColumnSummary summary, MixtureOptions<TComponent> options, Clock clock)
{
    /// <summary>The fit as it is, or as it ends after its degenerate components have been dealt with.</summary>
    /// <exception cref="NumericalException">The policy is <see cref="DegeneracyPolicy.Throw"/>, and a component is degenerate.</exception>
    public (MixtureModel<TComponent> Model, EmResult<Mixture<TComponent>> Result) Apply(
        MixtureModel<TComponent> model, EmResult<Mixture<TComponent>> result, CancellationToken cancellation)
    {
        int tries = model.Components;
        while (options.Degeneracy != DegeneracyPolicy.Regularise && Found(model, result) is { } found)
        {
            string what = $"component {found.Component + 1} of {model.Components}";
            if (options.Degeneracy == DegeneracyPolicy.Throw)
            {
                throw new NumericalException($"Expected sound components, found {what} degenerate: {found.Message}");
            }
            bool named = found.Component < rows.Known.Components && options.Degeneracy == DegeneracyPolicy.Drop;
            bool ended = named || result.StopReason is StopReason.Cancelled or StopReason.TimeLimit || result.Iterations >= options.MaxIterations;
            if (ended || model.Components == 1 || tries-- == 0)
            {
                break;
            }
            (MixtureModel<TComponent> next, Mixture<TComponent>? start, string done) = options.Degeneracy == DegeneracyPolicy.Drop
                ? (model.With(model.Components - 1, model.Responsibilities, model.ExtraRows), result.Parameters.Without(found.Component), "was dropped")
                : (model, Reseeded(model, result.Parameters, found.Component, cancellation), "began anew from the rows that were explained worst");
            if (start is null)
            {
                break;
            }
            MixtureOptions<TComponent> rest = options with { MaxIterations = options.MaxIterations - result.Iterations, Checkpoint = null };
            EmResult<Mixture<TComponent>> then = Em.Continue(next, rows, start, rest, clock, cancellation);
            string happened = $"{what} {done} after iteration {result.Iterations}, because {found.Message}";
            result = Joined(result, then, new Degeneracy(result.Iterations, -1, happened), found.Component, gone: next.Components < model.Components);
            model = next;
        }
        return (model, result);
    }

    /// <summary>The first component that is degenerate at the end, if any.</summary>
    public static (int Component, string Message)? Found(MixtureModel<TComponent> model, EmResult<Mixture<TComponent>> result) =>
        model.Degeneracies(result.Parameters).Cast<(int, string)?>().FirstOrDefault();

    private Mixture<TComponent>? Reseeded(MixtureModel<TComponent> model, Mixture<TComponent> mixture, int component, CancellationToken cancellation)
    {
        double[] density = new FittedMixture<TComponent>(model, mixture, summary.Names).LogDensity(rows, options.ThreadCount);
        int count = Math.Max(1, density.Length / model.Components);
        bool[] worst = new bool[density.Length];
        foreach (int row in Enumerable.Range(0, density.Length).OrderBy(row => density[row]).Take(count))
        {
            worst[row] = true;
        }
        try
        {
            return new StartData<TComponent>(model, rows, summary, options).Context(0, options.ThreadCount, cancellation)
                .FromAssignment(new ReseededComponent<TComponent>(model, mixture, component, worst));
        }
        catch (DegenerateStartException)
        {
            return null;
        }
    }

    /// <summary>Two stretches of one fit. Earlier events of the component that was dealt with go, and those of later components move up where it is gone.</summary>
    private static EmResult<Mixture<TComponent>> Joined(
        EmResult<Mixture<TComponent>> first, EmResult<Mixture<TComponent>> then, Degeneracy done, int component, bool gone) => then with
        {
            Iterations = first.Iterations + then.Iterations,
            Evaluations = first.Evaluations + then.Evaluations,
            Trace = [.. first.Trace, .. then.Trace],
            Degeneracies =
            [
                .. first.Degeneracies.Where(earlier => earlier.Component != component)
                    .Select(earlier => gone && earlier.Component > component ? earlier with { Component = earlier.Component - 1 } : earlier),
                done,
                .. then.Degeneracies.Select(later => later with { Iteration = later.Iteration + first.Iterations }),
            ],
            Starts = first.Starts,
            Agreement = first.Agreement,
        };
}

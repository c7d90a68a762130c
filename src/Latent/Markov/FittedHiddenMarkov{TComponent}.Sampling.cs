using Latent.Data;
using Latent.Families;
using Latent.Numerics;

namespace Latent.Markov;

/// <content>Drawing sequences.</content>
public sealed partial class FittedHiddenMarkov<TComponent>
{
    /// <inheritdoc/>
    public override (double[] Values, int[] States) Sample(IReadOnlyList<int> lengths, ulong seed = 1)
    {
        RequirePlain("drawing without them");
        return Draw(lengths, null, seed);
    }

    /// <inheritdoc/>
    public override (double[] Values, int[] States) Sample(IReadOnlyList<int> lengths, RowSource covariates, ulong seed = 1)
    {
        ArgumentNullException.ThrowIfNull(lengths);
        ArgumentNullException.ThrowIfNull(covariates);
        if (covariates.Columns != (Logits?.Covariates.Names.Length ?? 0) || covariates.Rows != lengths.Sum(length => (long)length) || covariates.HasMissing)
        {
            throw new ArgumentException(
                $"Expected {lengths.Sum(length => (long)length)} complete rows of the covariates {(Logits is { } own ? string.Join(", ", own.Covariates.Names) : "(none)")}, found {covariates.Rows} of {covariates.Columns} columns{(covariates.HasMissing ? " with missing cells" : "")}.", nameof(covariates));
        }
        return Draw(lengths, covariates, seed);
    }

    private (double[] Values, int[] States) Draw(IReadOnlyList<int> lengths, RowSource? covariates, ulong seed)
    {
        ArgumentNullException.ThrowIfNull(lengths);
        if (Model.Family is not ISamplingFamily<TComponent> sampler)
        {
            throw new NotSupportedException($"Expected a family that can be drawn from, found {Model.Family.GetType().Name}.");
        }
        RandomGenerator random = new(seed);
        int[] states = new int[lengths.Sum()];
        double[] values = new double[checked(states.Length * Model.Columns)];
        double[] cells = new double[covariates?.Columns ?? 0];
        int step = 0;
        foreach (int length in lengths)
        {
            ArgumentOutOfRangeException.ThrowIfNegative(length, nameof(lengths));
            int age = 0;
            for (int t = 0; t < length; t++, step++)
            {
                age = t > 0 && !Parameters.Durations.IsEmpty && Parameters.Sojourns.Lasts(states[step - 1], age, random) ? age + 1 : 0;
                states[step] = age > 0 ? states[step - 1] : DiscreteDraw.Index(t == 0 ? Initial.AsSpan() : Leaving(states[step - 1], covariates, step - 1, cells), random.NextDouble());
                sampler.Sample(Emissions[states[step]], random, values.AsSpan(step * Model.Columns, Model.Columns));
            }
        }
        return (values, states);
    }

    /// <summary>Where the chain goes from a state.</summary>
    private ReadOnlySpan<double> Leaving(int from, RowSource? covariates, int step, double[] cells)
    {
        ReadOnlySpan<double> transition = Transition.AsSpan();
        if (covariates is not null)
        {
            covariates.CopyRow(step, cells);
            transition = TransitionAt(cells);
        }
        return transition.Slice(from * States, States);
    }
}

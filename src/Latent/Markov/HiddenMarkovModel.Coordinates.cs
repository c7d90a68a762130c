using System.Diagnostics.CodeAnalysis;
using Latent.Families;

namespace Latent.Markov;

/// <content>
/// Coordinates. A distribution p over the m states that it can reach has m − 1 angles: p₁ = cos²φ₁, p₂ = sin²φ₁cos²φ₂, …. Probabilities of hidden Markov models often go to
/// zero; in angles they do so at a finite place where the likelihood is flat, not at infinity, and every point is feasible. A probability of exactly 0 has none. Then the emissions' own.
/// </content>
public sealed partial class HiddenMarkovModel<TComponent> : ICoordinates<HiddenMarkov<TComponent>>
{
    /// <inheritdoc/>
    public int CoordinateCount(HiddenMarkov<TComponent> parameters)
    {
        ArgumentNullException.ThrowIfNull(parameters);
        if (Family is not ICoordinateFamily<TComponent> family)
        {
            return 0;
        }
        int count = family.CoordinateCount(Emissions);
        for (int state = 0; state < parameters.Durations.Length; state++)
        {
            count += DurationCoordinates(parameters, state);
        }
        for (int row = Structure.Stationary ? 0 : -1; row < AngleRows; row++)
        {
            count += Probabilities(parameters, row).Length - Count(Probabilities(parameters, row), 0) - 1;
        }
        return count + LogitPlaces.Length;
    }

    /// <inheritdoc/>
    public void WriteCoordinates(HiddenMarkov<TComponent> parameters, Span<double> point)
    {
        ArgumentNullException.ThrowIfNull(parameters);
        int index = 0;
        for (int row = Structure.Stationary ? 0 : -1; row < AngleRows; row++)
        {
            WriteAngles(Probabilities(parameters, row), point, ref index);
        }
        WriteDurations(parameters, point, ref index);
        WriteLogits(parameters, point, ref index);
        if (parameters.Angles is { } angles && angles.Length == index)
        {
            angles.CopyTo(point);
        }
        ((ICoordinateFamily<TComponent>)Family).WriteCoordinates(Own(parameters.Emissions.AsSpan()), point[index..]);
    }

    /// <inheritdoc/>
    public bool TryReadCoordinates(ReadOnlySpan<double> point, HiddenMarkov<TComponent> like, [MaybeNullWhen(false)] out HiddenMarkov<TComponent> parameters)
    {
        ArgumentNullException.ThrowIfNull(like);
        parameters = null;
        double[] initial = new double[States];
        double[] transition = new double[States * States];
        TComponent[] emissions = new TComponent[Emissions];
        int index = 0;
        for (int row = Structure.Stationary ? 0 : -1; row < AngleRows; row++)
        {
            Span<double> target = row < 0 ? initial : transition.AsSpan(row * States, States);
            if (!TryReadAngles(point, ref index, Probabilities(like, row), target))
            {
                return false;
            }
        }
        if (ReadDurations(point, like, ref index) is not { } durations)
        {
            return false;
        }
        if (!TryReadLogits(point, like, ref index, out TransitionLogits? logits))
        {
            return false;
        }
        logits?.AtCenter(like.Transition.AsSpan()).CopyTo(transition, 0);
        if (!((ICoordinateFamily<TComponent>)Family).TryReadCoordinates(point[index..], Own(like.Emissions.AsSpan()), emissions))
        {
            return false;
        }
        if (Structure.Stationary)
        {
            if (StationaryChain.Distribution(transition, States) is not { } stationary)
            {
                return false;
            }
            initial = stationary;
        }
        parameters = new HiddenMarkov<TComponent>(initial, transition, Shared(emissions), durations) { Angles = point[..index].ToArray(), Logits = logits };
        return true;
    }

    /// <summary>Rows of the transitions that have angles: none that covariates decide.</summary>
    private int AngleRows => Covariates is null ? States : 0;

    /// <summary>The initial distribution, −1, or a row of the transitions.</summary>
    private ReadOnlySpan<double> Probabilities(HiddenMarkov<TComponent> parameters, int row) =>
        row < 0 ? parameters.Initial.AsSpan() : parameters.Transition.AsSpan().Slice(row * States, States);

    private static int Count(ReadOnlySpan<double> values, double value)
    {
        int count = 0;
        foreach (double each in values)
        {
            count += each == value ? 1 : 0;
        }
        return count;
    }

    private static void WriteAngles(ReadOnlySpan<double> probabilities, Span<double> point, ref int index)
    {
        int last = probabilities.LastIndexOfAnyExcept(0.0);
        int first = index;
        double rest = probabilities[last];
        for (int state = last - 1; state >= 0; state--)
        {
            if (probabilities[state] > 0)
            {
                // From the end, so that small probabilities keep their digits; the order is put right below.
                point[index++] = Math.Atan2(Math.Sqrt(rest), Math.Sqrt(probabilities[state]));
                rest += probabilities[state];
            }
        }
        point[first..index].Reverse();
    }

    private static bool TryReadAngles(ReadOnlySpan<double> point, ref int index, ReadOnlySpan<double> like, Span<double> probabilities)
    {
        int last = like.LastIndexOfAnyExcept(0.0);
        double amplitude = 1;
        bool positive = true;
        for (int state = 0; state <= last; state++)
        {
            if (like[state] == 0)
            {
                continue;
            }
            double own = amplitude;
            if (state < last)
            {
                (double sine, double cosine) = Math.SinCos(point[index++]);
                own = amplitude * cosine;
                amplitude *= sine;
            }
            probabilities[state] = own * own;
            positive &= probabilities[state] > 0;
        }
        return positive;
    }
}

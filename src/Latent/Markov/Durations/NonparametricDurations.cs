namespace Latent.Markov;

/// <summary>A probability for each duration from 1 to D. The M-step is the estimate of Kaplan and Meier, since stays that a sequence cuts off are known to last at least so long.</summary>
/// <param name="longest">D.</param>
internal sealed class NonparametricDurations(int longest) : DurationFamily(FamilyName, longest)
{
    public const string FamilyName = "nonparametric";

    private const double Normalized = 1e-12;

    public override IReadOnlyList<string> ParameterNames { get; } = [.. Enumerable.Range(1, longest).Select(steps => $"p{steps}")];

    public override int FreeParameters => Longest - 1;

    internal override void Tabulate(ReadOnlySpan<double> parameters, Span<double> ends, Span<double> stays)
    {
        double after = 0;
        for (int index = parameters.Length - 1; index >= 0; index--)
        {
            double from = after + parameters[index];
            // Ages that nothing reaches end at once.
            ends[index] = from > 0 ? parameters[index] / from : 1;
            stays[index] = from > 0 ? after / from : 0;
            after = from;
        }
    }

    internal override Duration Estimate(ReadOnlySpan<double> ends, ReadOnlySpan<double> stays, Duration current)
    {
        double[] probabilities = new double[Longest];
        double survival = 1;
        for (int index = 0; index < Longest; index++)
        {
            double reached = ends[index] + stays[index];
            double end = reached > 0 ? ends[index] / reached : current.Ends[index];
            double stay = reached > 0 ? stays[index] / reached : current.Stays[index];
            probabilities[index] = survival * (index == Longest - 1 ? 1 : end);
            survival *= stay;
        }
        return Create(probabilities);
    }

    internal override Duration WithMean(double mean)
    {
        double[] probabilities = new double[Longest];
        double share = 1 / Math.Clamp(mean, 1.25, Math.Max(1.25, Longest));
        double survival = 1;
        for (int index = 0; index < Longest; index++)
        {
            probabilities[index] = survival;
            survival *= 1 - share;
        }
        return Create(probabilities);
    }

    internal override int CoordinateCount(Duration duration) => Free(duration).Count();

    // The angle of each hazard that is neither 0 nor 1.
    internal override void WriteCoordinates(Duration duration, Span<double> point)
    {
        int next = 0;
        foreach (int index in Free(duration))
        {
            point[next++] = Math.Atan2(Math.Sqrt(duration.Ends[index]), Math.Sqrt(duration.Stays[index]));
        }
    }

    internal override Duration? ReadCoordinates(ReadOnlySpan<double> point, Duration like)
    {
        double[] probabilities = new double[Longest];
        double survival = 1;
        int next = 0;
        bool positive = true;
        for (int index = 0; index < Longest; index++)
        {
            (double end, double stay) = (like.Ends[index], like.Stays[index]);
            if (end > 0 && stay > 0)
            {
                (double sine, double cosine) = Math.SinCos(point[next++]);
                (end, stay) = (sine * sine, cosine * cosine);
                positive &= end > 0 && stay > 0 && sine > 0 && cosine > 0;
            }
            probabilities[index] = survival * end;
            survival *= stay;
        }
        return positive ? Create(probabilities) : null;
    }

    private protected override DurationFamily With(int longest) => new NonparametricDurations(longest);

    private protected override double[] Checked(ReadOnlySpan<double> parameters)
    {
        double sum = 0;
        foreach (double value in parameters)
        {
            sum += value >= 0 && double.IsFinite(value) ? value : throw new ArgumentException($"Expected finite probabilities of durations of zero or more, found {value:R}.", nameof(parameters));
        }
        if (!(sum > 0))
        {
            throw new ArgumentException("Expected probabilities of durations with a positive sum, found 0.", nameof(parameters));
        }
        double[] shares = parameters.ToArray();
        for (int index = 0; index < shares.Length && Math.Abs(sum - 1) > Normalized; index++)
        {
            shares[index] /= sum;
        }
        return shares;
    }

    private static IEnumerable<int> Free(Duration duration)
    {
        for (int index = 0; index < duration.Ends.Length; index++)
        {
            if (duration.Ends[index] > 0 && duration.Stays[index] > 0)
            {
                yield return index;
            }
        }
    }
}

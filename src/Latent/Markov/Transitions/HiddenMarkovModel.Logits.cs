using Latent.Mixtures;
using Latent.Regression;

namespace Latent.Markov;

/// <content>Transitions that depend on covariates. The M-step takes one safe Newton step of each state's logits, which never leads downhill.</content>
public sealed partial class HiddenMarkovModel<TComponent>
{
    /// <summary>The columns that transitions depend on; null: none.</summary>
    /// <exception cref="ArgumentException">The model is stationary, has durations or a prior of transitions, or responsibilities that are not soft.</exception>
    public TransitionCovariates? Covariates
    {
        get;
        init
        {
            if (value is not null && (Structure.Stationary || Durations is not null || Prior != ChainPrior.None || Responsibilities != ResponsibilityTransform.Soft))
            {
                throw new ArgumentException("Expected covariates of transitions without stationary start, durations, priors of the chain and hard or annealed responsibilities, found one of them. Leave it out.", nameof(value));
            }
            field = value;
        }
    }

    /// <summary>Doubles of the statistic of the logits.</summary>
    private int LogitLength => Covariates is null ? 0 : LogitStatistic.LengthOf(States, Covariates.Terms);

    /// <summary>Free parameters of the initial distribution and of the logits.</summary>
    private int FreeOfLogits
    {
        get
        {
            int initial = Enumerable.Range(0, States).Count(Structure.AllowsInitial) - 1;
            return initial + LogitPlaces.Length;
        }
    }

    /// <summary>The coefficients that are parameters: from, to and term.</summary>
    private (int From, int To, int Term)[] LogitPlaces => field ??= Covariates is null ? [] :
    [
        .. from origin in Enumerable.Range(0, States)
           from target in Enumerable.Range(0, States)
           where IsMove(origin, target)
           from term in Enumerable.Range(0, Covariates.Terms)
           select (origin, target, term),
    ];

    private TransitionLogits? EstimateLogits(ReadOnlySpan<double> statistic, HiddenMarkov<TComponent> current)
    {
        if (current.Logits is not { } logits)
        {
            return null;
        }
        int terms = logits.Covariates.Terms;
        int free = (States - 1) * terms;
        double[] moved = logits.Standard.ToArray();
        for (int from = 0; from < States && free > 0; from++)
        {
            ReadOnlySpan<double> own = statistic.Slice(from * LogitStatistic.OneOf(States, terms), LogitStatistic.OneOf(States, terms));
            double[] step = own[..free].ToArray();
            double[] information = new double[free * free];
            int place = free;
            for (int i = 0; i < free; i++)
            {
                for (int j = 0; j <= i; j++)
                {
                    information[i * free + j] = information[j * free + i] = own[place++];
                }
            }
            if (information.AsSpan().IndexOfAnyExcept(0.0) < 0)
            {
                continue;
            }
            DampedNewton.Step(step, information, move => ReachOf(move, logits.Covariates));
            for (int i = 0; i < free; i++)
            {
                moved[(from * States + LogitStatistic.Target(from, i / terms)) * terms + i % terms] += step[i];
            }
        }
        return new TransitionLogits(logits.Covariates, States, moved);
    }

    /// <summary>The most that the difference of two linear predictors can move, staying being 0.</summary>
    private double ReachOf(ReadOnlySpan<double> move, TransitionCovariates covariates)
    {
        int terms = covariates.Terms;
        double largest = 0;
        for (int one = 0; one < States; one++)
        {
            for (int other = 0; other < one; other++)
            {
                double sum = 0;
                for (int k = 0; k < terms; k++)
                {
                    double own = move[(one - 1) * terms + k];
                    sum += Math.Abs(other == 0 ? own : own - move[(other - 1) * terms + k]) * covariates.Reach[k];
                }
                largest = Math.Max(largest, sum);
            }
        }
        return largest;
    }

    private void WriteLogits(HiddenMarkov<TComponent> parameters, Span<double> point, ref int index)
    {
        foreach ((int from, int to, int term) in parameters.Logits is null ? [] : LogitPlaces)
        {
            point[index++] = parameters.Logits!.Standard[(from * States + to) * Covariates!.Terms + term];
        }
    }

    private TransitionLogits? ReadLogits(ReadOnlySpan<double> point, HiddenMarkov<TComponent> like, ref int index)
    {
        if (like.Logits is not { } logits)
        {
            return null;
        }
        double[] moved = logits.Standard.ToArray();
        foreach ((int from, int to, int term) in LogitPlaces)
        {
            moved[(from * States + to) * logits.Covariates.Terms + term] = point[index++];
        }
        return new TransitionLogits(logits.Covariates, States, moved);
    }

    private IEnumerable<NaturalParameter> NaturalLogits => LogitPlaces.Select(
        place => new NaturalParameter($"logit {(place.Term == 0 ? "(Intercept)" : Covariates!.Names[place.Term - 1])}[{place.From + 1}, {place.To + 1}]"));

    private void WriteNaturalLogits(HiddenMarkov<TComponent> parameters, Span<double> values, ref int next)
    {
        foreach ((int from, int to, int term) in parameters.Logits is null ? [] : LogitPlaces)
        {
            values[next++] = parameters.Logits![from, to, term];
        }
    }
}

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

    /// <summary>Expected doubts about a move, as a share of the moves, below which covariates decide it.</summary>
    private const double LeastDoubt = 1e-3;

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

    /// <summary>The statistic of a chain that depends on covariates; empty of another.</summary>
    private LogitStatistic LogitsOf(Span<double> statistic) => Covariates is null ? default : new LogitStatistic(statistic, States, Covariates.Terms);

    private TransitionLogits? EstimateLogits(ReadOnlySpan<double> statistic, HiddenMarkov<TComponent> current)
    {
        if (current.Logits is not { } logits)
        {
            return null;
        }
        int terms = logits.Covariates.Terms;
        int free = (States - 1) * terms;
        double[] moved = [.. logits.Standard];
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
                    sum += Math.Abs(other == 0 ? own : own - move[(other - 1) * terms + k]) * (k == 0 ? 1 : covariates.Reach[k - 1]);
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

    /// <summary>False where a coefficient is not finite.</summary>
    private bool TryReadLogits(ReadOnlySpan<double> point, HiddenMarkov<TComponent> like, ref int index, out TransitionLogits? read)
    {
        read = null;
        if (like.Logits is not { } logits)
        {
            return true;
        }
        double[] moved = [.. logits.Standard];
        foreach ((int from, int to, int term) in LogitPlaces)
        {
            double coefficient = point[index++];
            if (!double.IsFinite(coefficient))
            {
                return false;
            }
            moved[(from * States + to) * logits.Covariates.Terms + term] = coefficient;
        }
        read = new TransitionLogits(logits.Covariates, States, moved);
        return true;
    }

    /// <summary>States that the covariates tell apart perfectly: moves from one to the other are expected, and other ones too, yet at no step is there any doubt about which.</summary>
    internal IEnumerable<Degeneracy> Separated(ReadOnlySpan<double> statistic, int iteration)
    {
        List<Degeneracy> found = [];
        if (Covariates is null)
        {
            return found;
        }
        int terms = Covariates.Terms;
        int free = (States - 1) * terms;
        MarkovStatistic sums = new(statistic.ToArray(), States);
        for (int from = 0; from < States; from++)
        {
            ReadOnlySpan<double> information = statistic[ChainLength..].Slice(from * LogitStatistic.OneOf(States, terms) + free, free * (free + 1) / 2);
            double all = 0;
            for (int to = 0; to < States; to++)
            {
                all += sums.Transition[from * States + to];
            }
            for (int index = 0; index < States - 1; index++)
            {
                int to = LogitStatistic.Target(from, index);
                double moves = sums.Transition[from * States + to];
                // Σ n·p(1 − p), the information about the intercept.
                double doubt = information[index * terms * (index * terms + 3) / 2];
                if (IsMove(from, to) && Math.Min(moves, all - moves) > 0.5 && doubt < LeastDoubt * Math.Min(moves, all - moves))
                {
                    found.Add(new Degeneracy(iteration, from, $"the covariates say without doubt when it is left for state {to + 1}, so that their coefficients have no finite maximum and stop where the fit does. Use fewer covariates, or more data."));
                }
            }
        }
        return found;
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

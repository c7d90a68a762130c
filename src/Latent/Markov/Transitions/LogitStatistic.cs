using Latent.Kernels;

namespace Latent.Markov;

/// <summary>The statistic of a chain with covariates: that of the chain, then for each state that is left the gradient of its logits, and their information, lower triangle.</summary>
/// <param name="all">The whole statistic.</param>
/// <param name="states">S.</param>
/// <param name="terms">Terms of a logit.</param>
internal readonly ref struct LogitStatistic(Span<double> all, int states, int terms)
{
    private readonly Span<double> _all = all;

    /// <summary>Whether there is none.</summary>
    public bool IsEmpty => _all.IsEmpty;

    /// <summary>The part of the chain and of the emissions.</summary>
    public MarkovStatistic Chain => new(_all[..^LengthOf(states, terms)], states);

    /// <summary>Doubles of the logits.</summary>
    public static int LengthOf(int states, int terms) => checked(states * OneOf(states, terms));

    /// <summary>Doubles of the logits of one state.</summary>
    public static int OneOf(int states, int terms)
    {
        int free = (states - 1) * terms;
        return free + free * (free + 1) / 2;
    }

    /// <summary>Adds the moves away from a state at one step: z(ξⱼ − n·pⱼ), and n·pⱼ(δⱼₗ − pₗ)·zzᵀ, n = Σξ.</summary>
    /// <param name="from">The state.</param>
    /// <param name="moves">ξ, one per state.</param>
    /// <param name="logs">log p.</param>
    /// <param name="z">The terms.</param>
    public void AddMoves(int from, ReadOnlySpan<double> moves, ReadOnlySpan<double> logs, ReadOnlySpan<double> z)
    {
        double n = 0;
        for (int to = 0; to < states; to++)
        {
            n += moves[to];
        }
        if (n == 0)
        {
            return;
        }
        Span<double> transition = Chain.Transition.Slice(from * states, states);
        Span<double> own = Of(from);
        double[] p = new double[states];
        Elementary.Exp(logs, p);
        int free = (states - 1) * terms;
        int place = free;
        for (int to = 0; to < states; to++)
        {
            transition[to] += moves[to];
        }
        for (int i = 0; i < free; i++)
        {
            int j = Target(from, i / terms);
            own[i] += z[i % terms] * (moves[j] - n * p[j]);
            for (int m = 0; m <= i; m++)
            {
                int l = Target(from, m / terms);
                own[place++] += n * p[j] * ((j == l ? 1 : 0) - p[l]) * z[i % terms] * z[m % terms];
            }
        }
    }

    /// <summary>The sums of the logits of one state.</summary>
    public Span<double> Of(int from) => _all[^LengthOf(states, terms)..].Slice(from * OneOf(states, terms), OneOf(states, terms));

    /// <summary>The state that the <paramref name="index"/>-th logit of a state is of: all but itself.</summary>
    public static int Target(int from, int index) => index < from ? index : index + 1;
}

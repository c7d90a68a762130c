namespace Latent.Markov;

/// <summary>The K most probable paths of one sequence (list Viterbi): of each step and state the K best ways there are kept [Forney1973].</summary>
internal static class BestPaths
{
    private readonly record struct Way(double Score, int State, int Rank);

    /// <summary>The paths, best first, with their joint log-probabilities; fewer than asked for where fewer are possible.</summary>
    /// <param name="logInitial">log π.</param>
    /// <param name="logTransition">log A, from × to.</param>
    /// <param name="logDensities">log b, steps × states.</param>
    /// <param name="count">K.</param>
    public static IReadOnlyList<StatePath> Find(ReadOnlySpan<double> logInitial, ReadOnlySpan<double> logTransition, ReadOnlySpan<double> logDensities, int count)
    {
        int states = logInitial.Length;
        int steps = logDensities.Length / states;
        var ways = new List<Way>[steps, states];
        for (int t = 0; t < steps; t++)
        {
            for (int to = 0; to < states; to++)
            {
                List<Way> own = [];
                if (t == 0)
                {
                    Insert(own, new Way(logInitial[to] + logDensities[to], -1, 0), count);
                }
                for (int from = 0; from < states && t > 0; from++)
                {
                    double move = logTransition[from * states + to] + logDensities[t * states + to];
                    for (int rank = 0; rank < ways[t - 1, from].Count; rank++)
                    {
                        Insert(own, new Way(ways[t - 1, from][rank].Score + move, from, rank), count);
                    }
                }
                ways[t, to] = own;
            }
        }
        List<Way> last = [];
        for (int state = 0; state < states && steps > 0; state++)
        {
            for (int rank = 0; rank < ways[steps - 1, state].Count; rank++)
            {
                Insert(last, new Way(ways[steps - 1, state][rank].Score, state, rank), count);
            }
        }
        return [.. last.Select(end => Trace(ways, end, steps))];
    }

    private static StatePath Trace(List<Way>[,] ways, Way end, int steps)
    {
        int[] path = new int[steps];
        (int state, int rank) = (end.State, end.Rank);
        for (int t = steps - 1; t >= 0; t--)
        {
            path[t] = state;
            (_, state, rank) = ways[t, state][rank];
        }
        return new StatePath(path, end.Score);
    }

    /// <summary>Keeps the best in falling order; among equals the earlier stays first. What is impossible is left out.</summary>
    private static void Insert(List<Way> ways, Way way, int most)
    {
        if (double.IsNegativeInfinity(way.Score) || ways.Count == most && !(way.Score > ways[^1].Score))
        {
            return;
        }
        int place = ways.Count;
        while (place > 0 && way.Score > ways[place - 1].Score)
        {
            place--;
        }
        ways.Insert(place, way);
        if (ways.Count > most)
        {
            ways.RemoveAt(most);
        }
    }
}

/// <summary>A path of hidden states.</summary>
/// <param name="States">The state at each step, from 0.</param>
/// <param name="LogProbability">The joint log-probability of the path and what was seen, in nats.</param>
public sealed record StatePath(IReadOnlyList<int> States, double LogProbability);

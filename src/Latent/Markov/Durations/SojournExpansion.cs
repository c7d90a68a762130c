using Latent.Kernels;

namespace Latent.Markov;

/// <summary>A hidden semi-Markov chain written as an ordinary one, whose states are those of the other at each age: small cases of what has no recursion of its own.</summary>
internal static class SojournExpansion
{
    /// <summary>The best paths. No state follows itself, so that paths of states and paths of states and ages are one to one.</summary>
    public static IReadOnlyList<StatePath> BestPaths(ReadOnlySpan<double> initial, ReadOnlySpan<double> transition, SojournTables tables, ReadOnlySpan<double> densities, int count)
    {
        int states = initial.Length;
        int ages = tables.Ages;
        int all = checked(states * ages);
        double[] first = new double[all];
        double[] moves = new double[checked(all * all)];
        for (int from = 0; from < states; from++)
        {
            first[from * ages] = initial[from];
            for (int age = 0; age < ages; age++)
            {
                Span<double> row = moves.AsSpan((from * ages + age) * all, all);
                for (int to = 0; to < states; to++)
                {
                    row[to * ages] = tables.EndsOf(from)[age] * transition[from * states + to];
                }
                row[from * ages + Math.Min(age + 1, ages - 1)] += tables.StaysOf(from)[age];
            }
        }
        Elementary.Log(first, first);
        Elementary.Log(moves, moves);
        int steps = densities.Length / states;
        double[] own = new double[checked(steps * all)];
        for (int index = 0; index < own.Length; index++)
        {
            own[index] = densities[index / all * states + index % all / ages];
        }
        return [.. Markov.BestPaths.Find(first, moves, own, count).Select(path => path with { States = [.. path.States.Select(state => state / ages)] })];
    }
}

namespace Latent.Tests.Engine.Acceleration;

/// <summary>
/// Cosmetic deterioration of 46 breast cancer patients under radiotherapy, interval-censored (left, right] in months [Finkelstein and
/// Wolfe, Biometrics 41 (1985) 933, table 1]: the self-consistency map of the NPMLE over Turnbull's 14 innermost intervals.
/// </summary>
/// <param name="strict">Answer "infeasible" for a negative mass. The published counts come from a map that cuts images at zero instead.</param>
internal sealed class TurnbullMap(bool strict) : IEmMap
{
    /// <summary>The limit; six masses are zero there, so the tail is sub-linear.</summary>
    public const double Maximum = -58.06002195399576;

    private const double Never = double.PositiveInfinity;

    private static readonly (double Left, double Right)[] _observations =
    [
        (45, Never), (6, 10), (0, 7), (46, Never), (46, Never), (7, 16), (17, Never), (7, 14), (37, 44), (0, 8), (4, 11), (15, Never),
        (11, 15), (22, Never), (46, Never), (46, Never), (25, 37), (46, Never), (26, 40), (46, Never), (27, 34), (36, 44), (46, Never),
        (36, 48), (37, Never), (40, Never), (17, 25), (46, Never), (11, 18), (38, Never), (5, 12), (37, Never), (0, 5), (18, Never),
        (24, Never), (36, Never), (5, 11), (19, 35), (17, 25), (24, Never), (32, Never), (33, Never), (19, 26), (37, Never), (34, Never), (36, Never),
    ];

    private static readonly (double Left, double Right)[] _innermost = FindInnermost();

    public int Length => _innermost.Length;

    public bool TryPass(ReadOnlySpan<double> point, Span<double> image, out double objective)
    {
        objective = 0;
        image.Clear();
        foreach (double mass in point)
        {
            if (strict && mass < 0)
            {
                return false;
            }
        }
        foreach ((double left, double right) in _observations)
        {
            double total = 0;
            for (int j = 0; j < _innermost.Length; j++)
            {
                total += Covers(left, right, j) ? point[j] : 0;
            }
            if (strict && total <= 0)
            {
                return false;
            }
            objective += Math.Log(total);
            for (int j = 0; j < _innermost.Length; j++)
            {
                image[j] += Covers(left, right, j) ? point[j] / total / _observations.Length : 0;
            }
        }
        for (int j = 0; j < image.Length; j++)
        {
            image[j] = image[j] < 0 ? 0 : image[j];
        }
        return true;
    }

    private static bool Covers(double left, double right, int j) => left <= _innermost[j].Left && _innermost[j].Right <= right;

    /// <summary>Every left end followed, among all ends in order, by a right end.</summary>
    private static (double Left, double Right)[] FindInnermost()
    {
        var lefts = _observations.Select(o => o.Left).Distinct().ToArray();
        var rights = _observations.Select(o => o.Right).Distinct().ToArray();
        return [.. lefts.Order()
            .Select(left => (left, right: rights.Where(r => r > left).Min()))
            .Where(pair => !lefts.Any(other => other > pair.left && other < pair.right))];
    }
}

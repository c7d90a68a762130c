using Latent.Numerics;

namespace Latent.Tests.Engine.Acceleration;

/// <summary>
/// Latent classes of yes-no items, simulated; coordinates are the log-ratios of the weights to the first and the logits of the
/// probabilities, class by class.
/// </summary>
internal sealed class LatentClassMap : IGradientEmMap
{
    private readonly int _classes;
    private readonly int _items;
    private readonly Dictionary<int, double> _patterns = [];
    private readonly double _rows;

    /// <summary>Rows drawn from classes of random weights and probabilities.</summary>
    public LatentClassMap(int classes, int items, int rows, ulong seed)
    {
        (_classes, _items, _rows) = (classes, items, rows);
        RandomGenerator random = new(seed);
        double[] yes = [.. Enumerable.Range(0, classes * items).Select(_ => .15 + .7 * random.NextDouble())];
        for (int row = 0; row < rows; row++)
        {
            int own = (int)random.NextInt64(classes);
            int pattern = 0;
            for (int item = 0; item < items; item++)
            {
                pattern |= random.NextDouble() < yes[own * items + item] ? 1 << item : 0;
            }
            _patterns[pattern] = _patterns.GetValueOrDefault(pattern) + 1;
        }
    }

    public int Length => _classes - 1 + _classes * _items;

    /// <summary>A random start.</summary>
    public double[] Start(ulong seed)
    {
        RandomGenerator random = new(seed, 1);
        return [.. Enumerable.Range(0, Length).Select(j => j < _classes - 1 ? 0 : 2 * random.NextDouble() - 1)];
    }

    public bool TryPass(ReadOnlySpan<double> point, Span<double> image, out double objective) =>
        TryPass(point, image, new double[Length], out objective);

    public bool TryPass(ReadOnlySpan<double> point, Span<double> image, Span<double> gradient, out double objective)
    {
        double[] weights = [1, .. point[..(_classes - 1)].ToArray().Select(Math.Exp)];
        double sum = weights.Sum();
        double[] logits = point[(_classes - 1)..].ToArray();
        double[] counts = new double[_classes];
        double[] yes = new double[_classes * _items];
        double[] joint = new double[_classes];
        objective = 0;
        foreach ((int pattern, double count) in _patterns.OrderBy(pair => pair.Key))
        {
            for (int k = 0; k < _classes; k++)
            {
                joint[k] = weights[k] / sum;
                for (int item = 0; item < _items; item++)
                {
                    double logit = logits[k * _items + item];
                    joint[k] /= 1 + Math.Exp((pattern >> item & 1) == 1 ? -logit : logit);
                }
            }
            double density = joint.Sum();
            objective += count * Math.Log(density);
            for (int k = 0; k < _classes; k++)
            {
                double share = count * joint[k] / density;
                counts[k] += share;
                for (int item = 0; item < _items; item++)
                {
                    yes[k * _items + item] += (pattern >> item & 1) * share;
                }
            }
        }
        for (int k = 0; k < _classes; k++)
        {
            if (k > 0)
            {
                image[k - 1] = Math.Log(counts[k] / counts[0]);
                gradient[k - 1] = counts[k] - _rows * weights[k] / sum;
            }
            for (int item = 0; item < _items; item++)
            {
                int cell = k * _items + item;
                image[_classes - 1 + cell] = Math.Log(yes[cell] / (counts[k] - yes[cell]));
                gradient[_classes - 1 + cell] = yes[cell] - counts[k] / (1 + Math.Exp(-logits[cell]));
            }
        }
        return true;
    }
}

using MathNet.Numerics.LinearAlgebra;

namespace Latent.Numerics;

/// <summary>
/// The maximum of a smooth function of a few variables, none of large or small scale: Newton's method with derivatives by differences and halved steps, so that the value never
/// falls below that of the start.
/// </summary>
public static class NewtonAscent
{
    private const double Step = 1e-3;
    private const int MostSteps = 100;
    private const int MostHalvings = 40;

    /// <summary>The point of the maximum.</summary>
    /// <param name="function">The value at a point; NaN or −∞ where there is none.</param>
    /// <param name="start">A point with a finite value.</param>
    /// <param name="inside">Where the answer may lie; null: wherever the function has a value. Derivatives look a little further.</param>
    public static double[] Maximize(Func<double[], double> function, ReadOnlySpan<double> start, Func<double[], bool>? inside = null)
    {
        ArgumentNullException.ThrowIfNull(function);
        double[] point = start.ToArray();
        double value = function(point);
        for (int step = 0; step < MostSteps; step++)
        {
            if (Direction(function, point, value) is not { } direction)
            {
                break;
            }
            // So close the value has no digits left to compare, and Newton's step is better than any of it.
            bool last = direction.AbsoluteMaximum() < 1e-6;
            if (Search(function, inside, point, value - (last ? 1e-14 * Math.Max(1, Math.Abs(value)) : 0), direction) is not { } next)
            {
                break;
            }
            (point, value) = next;
            if (last)
            {
                break;
            }
        }
        return point;
    }

    private static (double[] Point, double Value)? Search(Func<double[], double> function, Func<double[], bool>? inside, double[] point, double least, Vector<double> direction)
    {
        double length = Math.Min(1, 1 / Math.Max(1e-300, direction.AbsoluteMaximum()));
        for (int halving = 0; halving < MostHalvings; halving++, length /= 2)
        {
            double[] next = [.. point.Select((x, j) => x + length * direction[j])];
            if (inside?.Invoke(next) == false)
            {
                continue;
            }
            double found = function(next);
            if (found >= least)
            {
                return next.AsSpan().SequenceEqual(point) ? null : (next, found);
            }
        }
        return null;
    }

    /// <summary>Newton's direction, or the gradient where the curvature is not that of a maximum.</summary>
    private static Vector<double>? Direction(Func<double[], double> function, double[] point, double value)
    {
        int n = point.Length;
        Vector<double> gradient = Vector<double>.Build.Dense(n);
        Matrix<double> hessian = Matrix<double>.Build.Dense(n, n);
        for (int j = 0; j < n; j++)
        {
            double right = At(j, Step), left = At(j, -Step), far = At(j, 2 * Step), other = At(j, -2 * Step);
            gradient[j] = (8 * (right - left) - (far - other)) / (12 * Step);
            hessian[j, j] = (16 * (right + left) - (far + other) - 30 * value) / (12 * Step * Step);
            for (int k = 0; k < j; k++)
            {
                hessian[j, k] = hessian[k, j] = (At(j, Step, k, Step) + At(j, -Step, k, -Step) - At(j, Step, k, -Step) - At(j, -Step, k, Step)) / (4 * Step * Step);
            }
        }
        if (!gradient.Enumerate().All(double.IsFinite) || !hessian.Enumerate().All(double.IsFinite))
        {
            return null;
        }
        Vector<double> newton = n == 1 ? -gradient / hessian[0, 0] : -hessian.Solve(gradient);
        return newton.Enumerate().All(double.IsFinite) && newton.DotProduct(gradient) > 0 ? newton : gradient / Math.Max(1, gradient.L2Norm());

        double At(int j, double by, int k = 0, double and = 0)
        {
            double[] moved = [.. point];
            moved[j] += by;
            moved[k] += and;
            return function(moved);
        }
    }
}

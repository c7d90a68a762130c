using MathNet.Numerics.LinearAlgebra;
using MathNet.Numerics.Optimization;

namespace Latent.Testing;

/// <summary>Maximises a function directly, without EM: the independent way to a maximum-likelihood estimate.</summary>
public static class DirectMaximizer
{
    /// <summary>The point of the local maximum that Nelder–Mead, restarted until it gains nothing, reaches from <paramref name="start"/>.</summary>
    /// <remarks>Good to about 1e-8 in smooth coordinates of up to some ten dimensions.</remarks>
    public static double[] Maximize(Func<double[], double> function, double[] start)
    {
        ArgumentNullException.ThrowIfNull(function);
        ArgumentNullException.ThrowIfNull(start);
        IObjectiveFunction objective = ObjectiveFunction.Value(point => -function(point.ToArray()));
        Vector<double> best = Vector<double>.Build.DenseOfArray(start);
        double value = -function(start);
        for (int restart = 0; restart < 50; restart++)
        {
            MinimizationResult result = new NelderMeadSimplex(1e-15, 20_000).FindMinimum(objective, best, Vector<double>.Build.Dense(start.Length, 0.1));
            double gain = value - result.FunctionInfoAtMinimum.Value;
            best = result.MinimizingPoint;
            value = result.FunctionInfoAtMinimum.Value;
            if (gain < 1e-13 * (1 + Math.Abs(value)))
            {
                break;
            }
        }
        return best.ToArray();
    }
}

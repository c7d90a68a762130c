using Latent.Numerics;

namespace Latent.Regression;

/// <summary>
/// Newton's step on a concave function of linear predictors, so short that it cannot lead downhill. For log-densities whose third derivative is at most
/// their second in size (Poisson, logistic, gamma and multinomial with canonical or log links) g(δ) ≥ g + gᵀδ − ½φ(c)·δᵀHδ wherever
/// |xᵀδ| ≤ c, with φ(c) = 2(eᶜ − 1 − c)/c² [Bach2010]; along δ = tH⁻¹g that is largest at t·φ(c) = 1, c the longest move of a linear predictor.
/// </summary>
/// <remarks>An M-step of sums alone, monotone without a look at the data, and Newton's own step close to the maximum, where c → 0 and t → 1.</remarks>
internal static class DampedNewton
{
    private const double Singular = 1e-11;

    /// <summary>δ = t·H⁻¹g, from sums over the rows.</summary>
    /// <param name="gradient">g.</param>
    /// <param name="triangle">H, lower triangle row by row.</param>
    /// <param name="reach">The largest |xᵀδ| that a row can have, as a function of δ; null where the function is quadratic and t = 1.</param>
    public static double[] StepOf(ReadOnlySpan<double> gradient, ReadOnlySpan<double> triangle, Func<ReadOnlySpan<double>, double>? reach)
    {
        int p = gradient.Length;
        double[] step = gradient.ToArray();
        if (p > 0)
        {
            Step(step, Square(triangle, p), reach);
        }
        return step;
    }

    /// <summary>A symmetric matrix, row-major, from its lower triangle.</summary>
    public static double[] Square(ReadOnlySpan<double> triangle, int size)
    {
        double[] square = new double[size * size];
        for (int i = 0, place = 0; i < size; i++)
        {
            for (int j = 0; j <= i; j++)
            {
                square[i * size + j] = square[j * size + i] = triangle[place++];
            }
        }
        return square;
    }

    /// <summary>δ = t·H⁻¹g.</summary>
    /// <param name="gradient">g; receives δ.</param>
    /// <param name="information">H, symmetric, row-major; destroyed. Directions without information are left alone.</param>
    /// <param name="reach">The largest |xᵀδ| that a row can have, as a function of δ; null where the function is quadratic and t = 1.</param>
    public static void Step(Span<double> gradient, Span<double> information, Func<ReadOnlySpan<double>, double>? reach)
    {
        Solve(information, gradient);
        if (reach is null)
        {
            return;
        }
        double whole = reach(gradient);
        if (!double.IsFinite(whole))
        {
            throw new NumericalException("Expected finite sums of responses and terms, found others: the linear predictors overflow. Rescale the columns.");
        }
        double low = 0;
        double high = 1;
        for (int halving = 0; halving < 60 && high - low > 1e-12; halving++)
        {
            double middle = 0.5 * (low + high);
            (low, high) = middle * Phi(middle * whole) <= 1 ? (middle, high) : (low, middle);
        }
        double t = whole < 1e-6 ? 1 / Phi(whole) : low;
        foreach (ref double step in gradient)
        {
            step *= t;
        }
    }

    private static double Phi(double c) => c < 1e-4 ? 1 + c / 3 : 2 * (Math.Exp(c) - 1 - c) / (c * c);

    /// <summary>By Cholesky; by eigenvalues, the shortest solution, where terms are (nearly) dependent among the rows of a component.</summary>
    private static void Solve(Span<double> information, Span<double> right)
    {
        int p = right.Length;
        double[] units = new double[p];
        for (int i = 0; i < p; i++)
        {
            units[i] = information[i * p + i] > 0 ? 1 / Math.Sqrt(information[i * p + i]) : 0;
        }
        double[] scaled = new double[p * p];
        double[] solution = new double[p];
        for (int i = 0; i < p; i++)
        {
            solution[i] = right[i] * units[i];
            for (int j = 0; j < p; j++)
            {
                scaled[i * p + j] = information[i * p + j] * units[i] * units[j];
            }
        }
        double[] lower = [.. scaled];
        if (Cholesky.Factor(lower, p, Singular))
        {
            Cholesky.Solve(lower, solution);
            for (int i = p - 1; i >= 0; i--)
            {
                for (int j = i + 1; j < p; j++)
                {
                    solution[i] -= lower[j * p + i] * solution[j];
                }
                solution[i] /= lower[i * p + i];
            }
        }
        else
        {
            Shortest(scaled, solution);
        }
        for (int i = 0; i < p; i++)
        {
            right[i] = solution[i] * units[i];
        }
    }

    private static void Shortest(double[] matrix, double[] right)
    {
        int p = right.Length;
        (double[] values, double[] vectors) = SymmetricEigen.Decompose(matrix, p);
        double largest = values.Max();
        double[] solution = new double[p];
        for (int e = 0; e < p; e++)
        {
            if (values[e] <= Singular * largest)
            {
                continue;
            }
            double along = 0;
            for (int i = 0; i < p; i++)
            {
                along += vectors[i * p + e] * right[i];
            }
            for (int i = 0; i < p; i++)
            {
                solution[i] += along / values[e] * vectors[i * p + e];
            }
        }
        solution.CopyTo(right, 0);
    }
}

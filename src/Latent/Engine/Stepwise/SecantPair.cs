using Latent.Engine.Acceleration;

namespace Latent.Engine.Stepwise;

/// <summary>
/// What a step between two passes over all data has shown of the curvature H = −∇²L there: y = Hs. The sample's curvature B is one whose inverse is known by what it makes of gradients, so that the
/// steps B⁻¹∇L at both ends also tell B⁻¹y, and the inverse can be mended as by any quasi-Newton method without being known itself.
/// </summary>
/// <param name="Way">s, from the point before to this one.</param>
/// <param name="Fall">y, by how much the gradient has fallen along it.</param>
/// <param name="Shortened">B⁻¹y, by how much the sample's step has.</param>
internal sealed record SecantPair(double[] Way, double[] Fall, double[] Shortened)
{
    /// <summary>H⁻¹g as B⁻¹g mended by all pairs, of which each then holds exactly as the last does. [LiuNocedal1989, two-loop recursion]</summary>
    /// <param name="gradient">g.</param>
    /// <param name="step">B⁻¹g.</param>
    /// <param name="pairs">Pairs of positive curvature, the oldest first.</param>
    public static double[] Mend(ReadOnlySpan<double> gradient, ReadOnlySpan<double> step, ReadOnlySpan<SecantPair> pairs)
    {
        double[] left = gradient.ToArray(), mended = step.ToArray();
        Span<double> along = stackalloc double[pairs.Length];
        for (int i = pairs.Length - 1; i >= 0; i--)
        {
            along[i] = VectorMath.Dot(pairs[i].Way, left) / pairs[i].Curvature;
            VectorMath.AddScaled(-along[i], pairs[i].Fall, left);
            VectorMath.AddScaled(-along[i], pairs[i].Shortened, mended);
        }
        for (int i = 0; i < pairs.Length; i++)
        {
            VectorMath.AddScaled(along[i] - VectorMath.Dot(pairs[i].Fall, mended) / pairs[i].Curvature, pairs[i].Way, mended);
        }
        return mended;
    }

    /// <summary>sᵀy.</summary>
    public double Curvature => VectorMath.Dot(Way, Fall);
}

namespace Latent.Numerics;

/// <summary>Vectors made orthonormal one after another.</summary>
internal static class GramSchmidt
{
    // Of a vector that is in the span of those before it, rounding leaves this much.
    private const double Nothing = 1e-10;

    /// <summary>Replaces vectors, one after another of so many values, by an orthonormal basis of their spans; false where one is in the span of those before it, or is not finite.</summary>
    public static bool Orthonormalise(Span<double> vectors, int length)
    {
        for (int start = 0; start < vectors.Length; start += length)
        {
            Span<double> own = vectors.Slice(start, length);
            double before = Math.Sqrt(Dot(own, own));
            // Twice is enough.
            for (int pass = 0; pass < 2; pass++)
            {
                for (int other = 0; other < start; other += length)
                {
                    ReadOnlySpan<double> axis = vectors.Slice(other, length);
                    double dot = Dot(own, axis);
                    for (int j = 0; j < length; j++)
                    {
                        own[j] -= dot * axis[j];
                    }
                }
            }
            double left = Math.Sqrt(Dot(own, own));
            if (!(left > Nothing * before) || !double.IsFinite(left))
            {
                return false;
            }
            for (int j = 0; j < length; j++)
            {
                own[j] /= left;
            }
        }
        return true;
    }

    /// <summary>Σ aᵢbᵢ.</summary>
    public static double Dot(ReadOnlySpan<double> a, ReadOnlySpan<double> b)
    {
        double sum = 0;
        for (int i = 0; i < a.Length; i++)
        {
            sum = Math.FusedMultiplyAdd(a[i], b[i], sum);
        }
        return sum;
    }
}

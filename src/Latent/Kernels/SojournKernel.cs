using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Latent.Kernels;

/// <summary>
/// One step of the recursions over the ages of a state: stays that go on move one age up, stays that end leave the row. A row holds one value per age, a multiple of 8 of
/// them, and one more. Eight lanes of ages, so that every register width gives the same bits.
/// </summary>
/// <remarks>Per age forward two products, two sums and a multiply-add on three loads and a store; backward three products and four multiply-adds on seven loads and three stores.</remarks>
internal static unsafe class SojournKernel
{
    /// <summary>Forward: next(a + 1) = density·old(a)·stays(a).</summary>
    /// <param name="old">α of the step before.</param>
    /// <param name="ends">The probability of ending at each age.</param>
    /// <param name="stays">Its complement.</param>
    /// <param name="ages">How many ages, a multiple of 8.</param>
    /// <param name="density">The density of the next step, scaled.</param>
    /// <param name="next">Receives the ages from the second on: one value more than there are ages.</param>
    /// <returns>Σ old·ends, and the sum of what was written.</returns>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static (double Ended, double Stayed) Advance(ReadOnlySpan<double> old, ReadOnlySpan<double> ends, ReadOnlySpan<double> stays, int ages, double density, Span<double> next)
    {
        Check(ages, old.Length, ends.Length, stays.Length, next.Length - 1);
        Vector512<double> scale = Vector512.Create(density);
        Vector512<double> ended = Vector512<double>.Zero;
        Vector512<double> stayed = Vector512<double>.Zero;
        fixed (double* x = old, h = ends, r = stays, y = next)
        {
            for (int age = 0; age < ages; age += Lanes.Count)
            {
                Vector512<double> value = Vector512.Load(x + age);
                ended = Vector512.FusedMultiplyAdd(value, Vector512.Load(h + age), ended);
                Vector512<double> moved = value * Vector512.Load(r + age) * scale;
                stayed += moved;
                moved.Store(y + age + 1);
            }
        }
        return (Sum(ended), Sum(stayed));
    }

    /// <summary>Backward: β(a) = ends(a)·leaving + stays(a)·density·later(a + 1), with the sums that need it.</summary>
    /// <param name="alpha">α of this step.</param>
    /// <param name="ends">The probability of ending at each age.</param>
    /// <param name="stays">Its complement.</param>
    /// <param name="later">β of the step after, one value more than there are ages.</param>
    /// <param name="ages">How many ages, a multiple of 8.</param>
    /// <param name="leaving">What follows where a stay ends now, scaled.</param>
    /// <param name="density">The density of the step after, scaled as <paramref name="leaving"/>.</param>
    /// <param name="factor">What turns α·β into a posterior, before that scale.</param>
    /// <param name="beta">Receives β.</param>
    /// <param name="ended">Receives, added, factor·α·leaving of each age.</param>
    /// <param name="stayed">Receives, added, factor·α·density·later of each age.</param>
    /// <returns>Σ α·β, Σ α·ends and Σ β.</returns>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static (double Posterior, double Ended, double Total) Retreat(
        ReadOnlySpan<double> alpha, ReadOnlySpan<double> ends, ReadOnlySpan<double> stays, ReadOnlySpan<double> later, int ages,
        double leaving, double density, double factor, Span<double> beta, Span<double> ended, Span<double> stayed)
    {
        Check(ages, alpha.Length, ends.Length, stays.Length, later.Length - 1, beta.Length, ended.Length, stayed.Length);
        Vector512<double> leave = Vector512.Create(leaving);
        Vector512<double> go = Vector512.Create(density);
        Vector512<double> leftShare = Vector512.Create(factor * leaving);
        Vector512<double> share = Vector512.Create(factor);
        Vector512<double> posterior = Vector512<double>.Zero;
        Vector512<double> ending = Vector512<double>.Zero;
        Vector512<double> total = Vector512<double>.Zero;
        fixed (double* x = alpha, h = ends, r = stays, z = later, y = beta, e = ended, s = stayed)
        {
            for (int age = 0; age < ages; age += Lanes.Count)
            {
                Vector512<double> value = Vector512.Load(x + age);
                Vector512<double> hazard = Vector512.Load(h + age);
                Vector512<double> after = Vector512.Load(z + age + 1) * go;
                Vector512<double> own = Vector512.FusedMultiplyAdd(hazard, leave, Vector512.Load(r + age) * after);
                own.Store(y + age);
                posterior = Vector512.FusedMultiplyAdd(value, own, posterior);
                ending = Vector512.FusedMultiplyAdd(value, hazard, ending);
                total += own;
                Vector512.FusedMultiplyAdd(value, leftShare, Vector512.Load(e + age)).Store(e + age);
                Vector512.FusedMultiplyAdd(value * after, share, Vector512.Load(s + age)).Store(s + age);
            }
        }
        return (Sum(posterior), Sum(ending), Sum(total));
    }

    private static double Sum(Vector512<double> lanes)
    {
        Vector256<double> four = lanes.GetLower() + lanes.GetUpper();
        Vector128<double> two = four.GetLower() + four.GetUpper();
        return two[0] + two[1];
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Check(int ages, params ReadOnlySpan<int> lengths)
    {
        foreach (int length in lengths)
        {
            if (length < ages || ages % Lanes.Count != 0)
            {
                throw new ArgumentException($"Expected a multiple of 8 ages and as many values each, found {ages} and {length}.");
            }
        }
    }
}

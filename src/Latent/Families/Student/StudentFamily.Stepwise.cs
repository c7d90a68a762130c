namespace Latent.Families;

/// <content>Moments move like those of normal components, in which a row counts for its expected precision; what is known of the precisions stays.</content>
public sealed partial class StudentFamily : IStepwiseFamily<StudentT>
{
    /// <inheritdoc/>
    public void MoveOrigin(Span<double> statistics, ReadOnlySpan<StudentT> from, ReadOnlySpan<StudentT> to)
    {
        for (int k = 0; k < from.Length; k++)
        {
            Span<double> own = statistics.Slice(k * StatisticLength, StatisticLength);
            WhitenedMoments.Move(own[Head..], own[2], from[k].Scale, from[k].Mean, to[k].Scale, to[k].Mean);
        }
    }
}

namespace Latent.Cases;

/// <summary>A test of the reference cases: skipped, and said so, where they are not at hand.</summary>
internal sealed class CaseFactAttribute : FactAttribute
{
    public CaseFactAttribute() => Skip = CaseTheoryAttribute.Reason;
}

/// <summary>A test of the reference cases, row by row: skipped, and said so, where they are not at hand.</summary>
internal sealed class CaseTheoryAttribute : TheoryAttribute
{
    public CaseTheoryAttribute() => Skip = Reason;

    public static string? Reason => ReferenceCases.Folder is null
        ? "SKIPPED: no reference cases: expected cases.json in ../shared/cases beside the checkout, or in the folder that LATENT_CASES names"
        : null;
}

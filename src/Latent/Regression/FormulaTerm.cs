namespace Latent.Regression;

/// <summary>A product of variables and expressions, such as <c>a:log(b)</c>; without any it is the intercept.</summary>
internal sealed class FormulaTerm(IEnumerable<Expression> factors) : IEquatable<FormulaTerm>
{
    /// <summary>The factors, each once, in the order of writing.</summary>
    public IReadOnlyList<Expression> Factors { get; } = [.. factors.Distinct()];

    /// <summary>The intercept.</summary>
    public static FormulaTerm Intercept { get; } = new([]);

    /// <summary>The interaction of two terms.</summary>
    public FormulaTerm Times(FormulaTerm other) => new(Factors.Concat(other.Factors));

    /// <summary>The term without a factor.</summary>
    public FormulaTerm Without(Expression factor) => new(Factors.Where(own => own != factor));

    public bool Equals(FormulaTerm? other) => other is not null && Factors.Count == other.Factors.Count && Factors.All(other.Factors.Contains);

    public override bool Equals(object? obj) => Equals(obj as FormulaTerm);

    public override int GetHashCode() => Factors.Sum(factor => (long)factor.GetHashCode()).GetHashCode();

    public override string ToString() => Factors.Count == 0 ? "1" : string.Join(':', Factors);
}

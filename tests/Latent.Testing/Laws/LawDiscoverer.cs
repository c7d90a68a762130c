using System.Reflection;
using Xunit.Abstractions;
using Xunit.Sdk;

namespace Latent.Testing;

/// <summary>Finds the laws that apply to a test class: see <see cref="LawAttribute.Needs"/>.</summary>
public sealed class LawDiscoverer(IMessageSink diagnosticMessageSink) : FactDiscoverer(diagnosticMessageSink)
{
    /// <inheritdoc/>
    public override IEnumerable<IXunitTestCase> Discover(ITestFrameworkDiscoveryOptions discoveryOptions, ITestMethod testMethod, IAttributeInfo factAttribute)
    {
        ArgumentNullException.ThrowIfNull(testMethod);
        ArgumentNullException.ThrowIfNull(factAttribute);
        string? ability = factAttribute.GetNamedArgument<string>(nameof(LawAttribute.Needs));
        return ability is null || Has(testMethod.TestClass.Class.ToRuntimeType(), ability)
            ? base.Discover(discoveryOptions, testMethod, factAttribute)
            : [];
    }

    /// <summary>Whether <paramref name="subject"/>, or a class between it and the suite, overrides the member <paramref name="ability"/>.</summary>
    /// <exception cref="ArgumentException">The suite declares no such virtual member: the law is misspelt.</exception>
    public static bool Has(Type subject, string ability)
    {
        ArgumentNullException.ThrowIfNull(subject);
        const BindingFlags Members = BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic;
        MethodInfo member = subject.GetMethod(ability, Members) ?? subject.GetMethod("get_" + ability, Members)
            ?? throw new ArgumentException($"Expected {subject.Name} to have the virtual member '{ability}' that a law needs, found none.", nameof(ability));
        return member.DeclaringType != member.GetBaseDefinition().DeclaringType;
    }
}

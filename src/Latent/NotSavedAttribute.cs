namespace Latent;

/// <summary>
/// Leaves a field out of checkpoints: a cache that is made again when it is asked for, which a resumed run finds at its default value. On an option:
/// one that decides how a fit runs and not what it computes, such as the number of threads, and may differ when the fit is resumed.
/// </summary>
[AttributeUsage(AttributeTargets.Field)]
public sealed class NotSavedAttribute : Attribute;

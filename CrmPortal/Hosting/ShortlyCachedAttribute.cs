namespace CrmPortal.Hosting;

/// <summary>
/// Marks a page or an endpoint that says the same to every visitor: their browser may show it again for a moment without asking. Whoever is
/// signed in always gets the newest.
/// </summary>
/// <param name="seconds">How long.</param>
[AttributeUsage(AttributeTargets.Class)]
public sealed class ShortlyCachedAttribute(int seconds) : Attribute
{
    public int Seconds { get; } = seconds;
}

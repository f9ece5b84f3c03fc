namespace CrmPortal.Hosting;

/// <summary>The program cannot start; each reason is a sentence that says what to do.</summary>
internal sealed class StartUpException(params IReadOnlyList<string> reasons) : Exception(string.Join(' ', reasons))
{
    public IReadOnlyList<string> Reasons { get; } = reasons;
}

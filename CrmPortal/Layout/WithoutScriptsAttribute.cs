namespace CrmPortal.Layout;

/// <summary>Marks a page that is plain HTML: none of the scripts and style sheets of interactive pages come with it.</summary>
[AttributeUsage(AttributeTargets.Class)]
public sealed class WithoutScriptsAttribute : Attribute;

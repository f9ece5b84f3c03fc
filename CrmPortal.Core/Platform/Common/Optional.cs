namespace CrmPortal.Core.Platform.Common;

/// <summary>A value that may be absent, which is not the same as null: absent leaves a field as it is, null clears it.</summary>
public readonly record struct Optional<T>(T Value)
{
    private readonly bool _isPresent = true;

    public bool IsPresent => _isPresent;

    /// <summary>The value, or <paramref name="otherwise"/> where it is absent.</summary>
    public T Or(T otherwise) => _isPresent ? Value : otherwise;

    public static implicit operator Optional<T>(T value) => new(value);
}

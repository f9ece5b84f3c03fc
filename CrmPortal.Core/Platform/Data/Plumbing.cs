using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace CrmPortal.Core.Platform.Data;

/// <summary>A data-protection key, wrapped by the key file before it comes here.</summary>
public sealed class DataKey
{
    public long Id { get; private set; }
    public required string Name { get; set; }
    public required string Xml { get; set; }
}

/// <summary>A small fact about this installation, such as "demo data loaded".</summary>
public sealed class Setting
{
    public required string Name { get; set; }
    public required string Value { get; set; }
}

internal sealed class PlumbingConfiguration : IEntityTypeConfiguration<DataKey>, IEntityTypeConfiguration<Setting>
{
    public void Configure(EntityTypeBuilder<DataKey> builder)
    {
        builder.ToTable("DataKeys");
        builder.Property(k => k.Name).HasMaxLength(100);
    }

    public void Configure(EntityTypeBuilder<Setting> builder)
    {
        builder.ToTable("Settings");
        builder.HasKey(s => s.Name);
        builder.Property(s => s.Name).HasMaxLength(100);
    }
}

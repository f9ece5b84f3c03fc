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

internal sealed class DataKeyConfiguration : IEntityTypeConfiguration<DataKey>
{
    public void Configure(EntityTypeBuilder<DataKey> builder)
    {
        builder.ToTable("DataKeys");
        builder.Property(k => k.Name).HasMaxLength(100);
    }
}
